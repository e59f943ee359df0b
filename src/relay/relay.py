# The relay of session-manager-plugin: it opens connections for a client that speaks on stdin, and answers on stdout
# (docs/design/relay.md#sessions). It ends with its stdin, with its stdout, or when it receives nothing for a minute.
import binascii, errno, fcntl, os, select, socket, struct, sys, threading, time
try:
    import zlib
except ImportError:
    zlib = None

DATA, WINDOW, EARLY, BUDGET, COST, IDLE, DIAL = 16384, 262144, 4096, 8 << 20, 64, 60, 30
IN, OUT, BAD = select.POLLIN, select.POLLOUT, select.POLLHUP | select.POLLERR | select.POLLNVAL
CODES = {errno.ECONNREFUSED: 2, errno.ENOENT: 2, errno.ETIMEDOUT: 3, errno.EHOSTUNREACH: 4, errno.ENETUNREACH: 4,
         errno.EACCES: 6, errno.EPERM: 6, errno.ECONNRESET: 7, errno.EPIPE: 7, errno.EADDRINUSE: 9,
         errno.EADDRNOTAVAIL: 9}
MOST = min(1024, os.sysconf("SC_OPEN_MAX") - 48)

streams, files, control, found = {}, {}, [], []
hello, credit, granted, own, theirs, size, out, last, plain = False, 0, 0, 0, -1, 0, b"", -1, 0
heard = time.monotonic()
poll, own_poll = select.poll(), select.poll()
woken, waker = os.pipe()
names = threading.Semaphore(16)


def frame(kind, id, payload=b""):
    global size
    control.append(struct.pack(">BBHI", kind, 0, len(payload), id) + payload)
    size += len(control[-1])
    if size > 1 << 20:
        os._exit(1)


def fatal(text):
    control.clear()
    frame(8, 0, b"\1" + text.encode())
    line(b"")
    os._exit(1)


def line(data):
    global out, size, plain
    data, mark = b"".join(control) + data, b"b"
    control.clear()
    size = 0
    # After a line that has not become shorter, the next ones are sent as they are.
    plain -= 1
    if zlib and len(data) >= 1024 and plain < 0:
        packed = zlib.compress(data, 1)
        if len(packed) < len(data) * 7 // 8:
            data, mark = packed, b"z"
        else:
            plain = 32
    out = mark + binascii.b2a_base64(data)
    flush()


def flush():
    global out
    try:
        out = out[os.write(1, out):]
    except BlockingIOError:
        pass
    except OSError:
        os._exit(0)


class Stream:
    def __init__(self, id, kind, window, state):
        streams[id] = self
        self.id, self.kind, self.window, self.state = id, kind, window, state
        self.may, self.owed, self.win, self.wait, self.sock = EARLY, 0, 0, bytearray(), None
        self.ended = self.sent = self.shut = False
        self.until = time.monotonic() + DIAL

    def grant(self):
        global granted
        self.win = min(WINDOW, max(EARLY, (BUDGET - granted) // 16))
        granted += self.win
        self.may += self.win
        return self.win

    def hold(self, sock):
        self.sock = sock
        files[sock.fileno()] = self
        sock.setblocking(False)
        if self.kind == 1:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # Which events matter now.
    def watch(self):
        if not self.sock:
            return
        opened = self.state == "open"
        reads = self.state == "listen" or opened and not self.sent and self.window > 0
        writes = self.state == "dial" or opened and self.wait
        mask = (IN if reads else 0) | (OUT if writes else 0)
        if mask:
            poll.register(self.sock, mask)
            own_poll.register(self.sock, mask & OUT)
        else:
            self.unwatch()

    def unwatch(self):
        for one in (poll, own_poll):
            try:
                one.unregister(self.sock)
            except KeyError:
                pass

    def release(self):
        if self.sock:
            self.unwatch()
            del files[self.sock.fileno()]
            self.sock.close()
            self.sock = None

    def forget(self, abort=False):
        global granted
        if abort and self.sock:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.release()
        granted -= self.win
        self.state = "closed"
        del streams[self.id]

    def fail(self, code, text):
        frame(8, self.id, bytes([code]) + text.encode()[:255])
        self.forget(True)

    def fail_by(self, number):
        self.fail(CODES.get(number, 10), os.strerror(number))

    # Names are resolved beside the loop.
    def resolve(self, host, port):
        with names:
            try:
                result = socket.getaddrinfo(host, port, 0, socket.SOCK_DGRAM if self.kind == 3 else socket.SOCK_STREAM)
            except (OSError, UnicodeError):
                result = []
        found.append((self, [(a[0], a[4]) for a in result]))
        os.write(waker, b"x")

    def dial(self, addresses, error=None):
        while addresses:
            family, address = addresses.pop(0)
            try:
                sock = socket.socket(family, socket.SOCK_DGRAM if self.kind == 3 else socket.SOCK_STREAM)
                if self.kind == 4:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    sock.bind(address)
                    sock.listen(128)
                    error = 0
                else:
                    sock.setblocking(False)
                    error = sock.connect_ex(address)
            except (OSError, ValueError) as e:
                error = getattr(e, "errno", None) or errno.EADDRNOTAVAIL
                continue
            if error in (0, errno.EINPROGRESS):
                self.hold(sock)
                self.rest, self.state = addresses, "dial"
                return self.watch() if error else self.opened()
            sock.close()
        if error:
            self.fail_by(error)
        else:
            self.fail(5, "no address")

    def opened(self):
        self.state = "listen" if self.kind == 4 else "open"
        port = self.sock.getsockname()[1] if self.kind == 4 else 0
        frame(4, self.id, struct.pack(">IH", 0 if self.kind == 4 else self.grant(), port))
        self.feed()

    def accept(self):
        global own
        try:
            sock = self.sock.accept()[0]
        except OSError:
            return
        if len(streams) >= MOST:
            return sock.close()
        own += 2
        stream = Stream(own, 1, 0, "accepted")
        stream.may = 0
        stream.hold(sock)
        frame(3, own, struct.pack(">II", self.id, stream.grant()))

    # Writes to a destination what has come for it.
    def feed(self):
        while self.wait:
            try:
                n = self.sock.send(self.wait)
            except BlockingIOError:
                break
            except OSError as e:
                return self.fail_by(e.errno)
            del self.wait[:n]
            self.grow(n)
        if self.ended and not self.wait and not self.shut:
            self.shut = True
            try:
                self.sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            if self.sent:
                return self.forget()
        self.watch()

    def grow(self, n):
        self.owed += n
        if not self.ended and self.owed * 4 >= self.win:
            frame(6, self.id, struct.pack(">I", self.owed))
            self.may += self.owed
            self.owed = 0

    # One turn: a DATA frame of what the destination has sent.
    def turn(self):
        global credit
        udp = self.kind == 3
        most = min(DATA, self.window, credit - COST)
        if most <= 0:
            return b""
        try:
            data = self.sock.recv(DATA + 1 if udp else most)
        except BlockingIOError:
            return b""
        except OSError as e:
            if not udp:
                self.fail_by(e.errno)
            return b""
        n = len(data)
        if not n and not udp:
            frame(7, self.id)
            self.sent = True
            self.forget() if self.shut else self.watch()
            return b""
        if n > most:
            return b""
        credit -= n + COST
        self.window -= n
        if self.window <= 0:
            self.watch()
        return struct.pack(">BBHI", 5, 0, n, self.id) + data

    def take(self, kind, p):
        if kind == 4:
            if self.state != "accepted" or len(p) != 6:
                fatal("opened")
            self.window, self.state = struct.unpack(">I", p[:4])[0], "open"
            self.watch()
        elif kind == 5:
            self.may -= len(p)
            if self.ended or self.kind == 4 or self.may < 0:
                fatal("data")
            if self.kind != 3:
                self.wait += p
            elif self.state == "open":
                try:
                    self.sock.send(p)
                except OSError:
                    pass
            if self.kind == 3:
                self.grow(len(p))
            elif self.state == "open":
                self.feed()
        elif kind == 6:
            self.window += struct.unpack(">I", p)[0] if len(p) == 4 else WINDOW + 1
            if self.window > WINDOW:
                fatal("window")
            self.watch()
        elif kind == 7 and self.kind != 3:
            if self.ended or self.kind == 4:
                fatal("end")
            self.ended = True
            if self.state == "open":
                self.feed()
        else:
            self.forget(kind == 8)


def take(kind, id, p):
    global hello, credit, theirs
    n = len(p)
    if not hello:
        if kind != 1 or n != 22 or p[0] != 1:
            fatal("no hello")
        hello, credit = True, struct.unpack(">I", p[18:])[0]
        name = " python %d.%d.%d" % sys.version_info[:3]
        frame(1, 0, struct.pack(">BB16sH", 1, 1 if zlib else 0, p[2:18], MOST) + name.encode())
    elif kind == 2:
        if n < 8 or id != theirs + 2 or not 0 < p[0] < 5:
            fatal("open")
        theirs = id
        window, port = struct.unpack(">IH", p[1:7])
        address = p[7:]
        stream = Stream(id, p[0], window, "wait")
        if len(streams) > MOST:
            stream.fail(8, "too many streams")
        elif p[0] == 2:
            stream.dial([(socket.AF_UNIX, address)])
        else:
            host = address.decode("utf-8", "replace")
            threading.Thread(target=stream.resolve, args=(host, port), daemon=True).start()
    elif kind == 9 and n == 8:
        frame(10, 0, p)
    elif kind == 6 and id == 0 and n == 4:
        credit += struct.unpack(">I", p)[0]
    elif kind == 8 and id == 0:
        os._exit(0)
    elif kind < 4 or kind > 8 or id == 0 or id > (theirs if id % 2 else own):
        fatal("type %d of %d" % (kind, id))
    elif id in streams:
        streams[id].take(kind, p)


# The streams whose turn it is, beginning after the one that had the last turn.
def turns(ready):
    global last
    data = b""
    ready.sort()
    for n in [n for n in ready if n > last] + [n for n in ready if n <= last]:
        stream = files.get(n)
        if stream and stream.state == "listen":
            stream.accept()
        elif stream and stream.state == "open":
            last = n
            data += stream.turn()
        if len(data) >= DATA:
            break
    if data or control:
        line(data)


def read():
    global buffer, heard
    more = os.read(0, 65536)
    if not more:
        os._exit(0)
    heard = time.monotonic()
    buffer += more
    at = 0
    while len(buffer) - at >= 8:
        kind, flags, n, id = struct.unpack_from(">BBHI", buffer, at)
        if n > DATA or flags:
            fatal("%d bytes" % n)
        if len(buffer) - at < 8 + n:
            break
        take(kind, id, bytes(buffer[at + 8:at + 8 + n]))
        at += 8 + n
    del buffer[:at]


buffer = bytearray()
fcntl.fcntl(1, fcntl.F_SETFL, os.O_WRONLY | os.O_NONBLOCK)
while True:
    now = time.monotonic()
    wait = IDLE - (now - heard)
    if wait <= 0:
        os._exit(0)
    for stream in list(streams.values()):
        if stream.state in ("dial", "wait"):
            if now >= stream.until:
                stream.fail(3, "no answer")
            wait = min(wait, 1)
    if control and not out:
        line(b"")
    # While stdout takes nothing, no destination is read.
    main = poll if not out and credit > COST else own_poll
    for one in (poll, own_poll):
        one.register(0, IN)
        one.register(1, OUT if out else 0)
        one.register(woken, IN)
    ready = []
    for n, event in main.poll(wait * 1000):
        if n == 0:
            read()
        elif n == 1:
            if event & BAD:
                os._exit(0)
            flush()
        elif n == woken:
            os.read(woken, 512)
            while found:
                stream, addresses = found.pop(0)
                if stream.state == "wait":
                    stream.dial(addresses)
        elif n in files:
            stream = files[n]
            if stream.state == "dial":
                error = stream.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if error:
                    stream.release()
                    stream.dial(stream.rest, error)
                else:
                    stream.opened()
            elif event & OUT:
                stream.feed()
            if event & (IN | BAD):
                ready.append(n)
    if not out:
        turns(ready)
