# The relay of session-manager-plugin: it opens connections for a client that speaks on stdin, and answers on stdout
# (docs/design/relay.md#sessions). It ends with its stdin, with its stdout, or when it receives nothing for a minute.
import _thread, binascii, os, queue, signal, sys, time
from errno import *
from os import _exit
from select import *
from socket import *
from struct import pack, unpack
try:
    import zlib
except ImportError:
    zlib = None

# Bytes and seconds.
DATA, WINDOW, EARLY, COST, IDLE, DIAL = 16384, 262144, 4096, 64, 60, 30
MOST = min(1024, os.sysconf("SC_OPEN_MAX") - 48)
# Error numbers of the system to codes of RESET. ENXIO: a name has no address.
CODES = {ENXIO: 5, ECONNREFUSED: 2, ENOENT: 2, ETIMEDOUT: 3, EHOSTUNREACH: 4, ENETUNREACH: 4, EACCES: 6, EPERM: 6,
         ECONNRESET: 7, EPIPE: 7, ENOTCONN: 7, EMFILE: 8, EADDRINUSE: 9, EADDRNOTAVAIL: 9}

# Streams by id and by file; frames without data.
streams, files, control = {}, {}, []
# Streams that are not connected yet, the oldest first; those that wait for a resolver, and those that have been resolved.
dials, names, found = [], queue.Queue(), []
inbox, out, data = bytearray(), b"", b""
# Credit is negative before HELLO. 8 MiB may wait for all destinations: 4 KiB for each of 1024 streams, and these are for the
# first ones, the first of which gets 256 KiB.
credit, last, own, theirs, spare, plain, full = -1, -1, 0, -1, 4128768, 0, False
# What matters now, and what of it matters while no destination is read.
polls, writes = poll(), poll()
woken, waker = os.pipe()


class Stream:
    window = may = owed = win = until = ended = sent = shut = 0
    sock, state, type = None, "wait", SOCK_STREAM

    def __init__(self, id, kind):
        streams[id] = self
        self.id, self.kind, self.wait = id, kind, bytearray()


# At most 8192 of them wait: a client that grants more than it reads has gone wrong.
def frame(type, id, payload=b""):
    control.append(pack(">BxHI", type, len(payload), id) + payload)
    if len(control) > 8192:
        _exit(1)


def fatal(text):
    control.clear()
    frame(8, 0, b"\1" + text)
    line()
    _exit(1)


# Writes what is ready. A line has 64 KiB at most: 100 frames without data, and those with data.
def line():
    global out, data, plain
    bytes, mark, data = b"".join(control[:100]) + data, b"b", b""
    del control[:100]
    # After a line that has not become shorter, the next ones are sent as they are.
    plain -= 1
    if zlib and len(bytes) >= 1024 and plain < 0:
        small = zlib.compress(bytes, 1)
        if len(small) < len(bytes) * 7 // 8:
            bytes, mark = small, b"z"
        else:
            plain = 32
    out += mark + binascii.b2a_base64(bytes)
    flush()


def flush():
    global out
    try:
        out = out[os.write(1, out):]
    except BlockingIOError:
        pass
    except OSError:
        _exit(0)


# Which events of a stream matter now.
def watch(s):
    if s.window > WINDOW:
        fatal(b"window")
    if s.sock:
        open = s.state == "open"
        write = POLLOUT if s.state == "dial" or open and s.wait else 0
        read = POLLIN if s.state == "listen" and not full or open and not s.sent and s.window > 0 else 0
        for one, mask in (polls, read | write), (writes, write):
            one.register(s.sock, mask)
            if not mask:
                one.unregister(s.sock)


def hold(s, sock, state):
    release(s)
    sock.setblocking(False)
    if s.kind == 1:
        sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    files[sock.fileno()] = s
    s.sock, s.state = sock, state
    watch(s)


def release(s):
    s.state = "closed"
    watch(s)
    if s.sock:
        del files[s.sock.fileno()]
        s.sock.close()
        s.sock = None


def forget(s, abort=False):
    global spare
    if abort and s.sock:
        s.sock.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
    release(s)
    spare += s.win
    s.until = 0
    del streams[s.id], s.wait


def fail(s, error):
    frame(8, s.id, bytes([CODES.get(error, 10)]) + os.strerror(error).encode())
    forget(s, True)


# The window of a stream: what each gets, and a part of what is left.
def grant(s):
    global spare
    s.win = spare // 16
    spare -= s.win
    s.may += EARLY + s.win
    return EARLY + s.win


def addresses(s, flags=0):
    try:
        return getaddrinfo(s.host, s.port, 0, s.type, 0, flags)
    except OSError:
        return []


# Names are resolved beside the loop, in 16 threads. No name leads to the metadata of this machine: who may ask for a name
# may not know where it leads.
def resolve():
    for s in iter(names.get, None):
        s.rest = [a for a in addresses(s) if not a[4][0].lstrip(":f").startswith(("169.254.", "d00:ec2:"))]
        found.append(s)
        os.write(waker, b"x")


# Tries addresses until one does not fail at once.
def dial(s, error=ENXIO):
    while s.rest:
        family, *_, address = s.rest.pop(0)
        try:
            hold(s, socket(family, s.type), "dial")
            if s.kind == 4:
                s.sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
                s.sock.bind(address)
                s.sock.listen(128)
            else:
                s.sock.connect(address)
            return opened(s)
        except OSError as e:
            if e.errno == EINPROGRESS:
                return
            # A path that is too long has no number.
            error = e.errno or ENXIO
    fail(s, error)


def opened(s):
    s.until = 0
    port = s.sock.getsockname()[1] if s.kind == 4 else 0
    s.state = "listen" if port else "open"
    frame(4, s.id, pack(">IH", 0 if port else grant(s), port))
    feed(s)


def accepted(listener):
    global own
    sock = listener.sock.accept()[0]
    own += 2
    s = Stream(own, 1)
    hold(s, sock, "accepted")
    frame(3, own, pack(">II", listener.id, grant(s)))


# Writes to a destination what has come for it.
def feed(s):
    try:
        if s.wait:
            n = s.sock.send(s.wait)
            del s.wait[:n]
            grow(s, n)
        if s.ended and not s.wait and not s.shut:
            s.shut = 1
            s.sock.shutdown(SHUT_WR)
            if s.sent:
                return forget(s)
    except OSError as e:
        if e.errno != EAGAIN:
            return fail(s, e.errno)
    watch(s)


def grow(s, n):
    s.owed += n
    if not s.ended and s.owed * 4 >= EARLY + s.win:
        frame(6, s.id, pack(">I", s.owed))
        s.may += s.owed
        s.owed = 0


# A DATA frame of what a destination has sent.
def turn(s):
    global credit, data
    room = min(DATA, s.window, credit - COST)
    if room <= 0:
        return
    bytes = s.sock.recv(DATA + 1 if s.kind == 3 else room)
    n = len(bytes)
    if not n and s.kind != 3:
        frame(7, s.id)
        s.sent = 1
        return forget(s) if s.shut else watch(s)
    # A datagram that may not be sent is dropped: the next ones must not wait for it.
    if n <= room:
        credit -= n + COST
        s.window -= n
        watch(s)
        data += pack(">BxHI", 5, n, s.id) + bytes


def take(type, id, p):
    global credit, theirs
    n = len(p)
    if credit < 0:
        if type != 1 or n != 22 or p[:2] != b"\1\0":
            fatal(b"no hello")
        credit, = unpack(">I", p[18:])
        version = b" python %d.%d.%d" % sys.version_info[:3]
        return frame(1, 0, pack(">B?16sH", 1, zlib, p[2:18], MOST) + version)
    if type == 2:
        if n < 8 or id != theirs + 2 or not 0 < p[0] < 5:
            fatal(b"open")
        theirs = id
        s = Stream(id, p[0])
        s.window, s.port = unpack(">IH", p[1:7])
        s.host, s.may, s.until = p[7:], EARLY, time.monotonic() + DIAL
        if len(streams) > MOST:
            return fail(s, EMFILE)
        if s.kind == 3:
            s.type = SOCK_DGRAM
        dials.append(s)
        s.rest = [(AF_UNIX, s.host)] if s.kind == 2 else addresses(s, AI_NUMERICHOST)
        return dial(s) if s.rest else names.put(s)
    if type == 9 and n == 8:
        return frame(10, 0, p)
    if type == 6 and not id and n == 4:
        credit += unpack(">I", p)[0]
        return
    if type == 8 and not id:
        _exit(0)
    if not 3 < type < 9 or not id or id > (theirs if id % 2 else own):
        fatal(b"type %d of %d" % (type, id))
    s = streams.get(id)
    if not s:
        return
    if type == 4:
        if s.state != "accepted" or n != 6:
            fatal(b"opened")
        s.window, s.state = unpack(">I", p[:4])[0], "open"
    elif type == 5:
        s.may -= n
        if s.ended or s.kind == 4 or s.may < 0:
            fatal(b"data")
        if s.kind == 3:
            try:
                if s.state == "open":
                    s.sock.send(p)
            except OSError:
                pass
            return grow(s, n)
        s.wait += p
    elif type == 6:
        s.window += unpack(">I", p)[0] if n == 4 else WINDOW + 1
        return watch(s)
    elif type == 7 and s.kind != 3:
        if s.ended or s.kind == 4:
            fatal(b"end")
        s.ended = 1
    else:
        return forget(s, True)
    if s.state == "open":
        feed(s)


def receive():
    more = os.read(0, 65536)
    if not more:
        _exit(0)
    signal.alarm(IDLE)
    inbox.extend(more)
    while len(inbox) >= 8:
        type, flags, n, id = unpack(">BBHI", inbox[:8])
        if n > DATA or flags:
            fatal(b"%d bytes" % n)
        if len(inbox) < 8 + n:
            break
        p = bytes(inbox[8:8 + n])
        del inbox[:8 + n]
        take(type, id, p)


# Little memory for each: a process may have a limit of its addresses.
_thread.stack_size(1 << 19)
for _ in range(16):
    _thread.start_new_thread(resolve, ())
os.set_blocking(1, False)
signal.alarm(IDLE)
for one in polls, writes:
    one.register(0, POLLIN)
    one.register(woken, POLLIN)
while True:
    while dials and dials[0].until <= time.monotonic():
        s = dials.pop(0)
        if s.until:
            fail(s, ETIMEDOUT)
    # Without room, nothing is accepted.
    if full != (len(streams) >= MOST):
        full = not full
        for s in streams.values():
            if s.kind == 4:
                watch(s)
    if control and not out:
        line()
    # While stdout takes nothing, no destination is read.
    busy = bool(out or control)
    one = writes if busy or credit <= COST else polls
    one.register(1, POLLOUT if busy else 0)
    ready = dict(one.poll(1000 if dials else None))
    # What nobody asked for is the end of its reader.
    if ready.get(1, 0) & ~POLLOUT:
        _exit(0)
    if 1 in ready:
        flush()
    if woken in ready:
        os.read(woken, DATA)
        while found:
            s = found.pop(0)
            if s.until:
                dial(s)
    # The turn goes round, beginning after the file that had the last one.
    for n in sorted(ready, key=lambda n: (n <= last, n)):
        s, event = files.get(n), ready[n]
        if s and s.state == "dial":
            error = s.sock.getsockopt(SOL_SOCKET, SO_ERROR)
            dial(s, error) if error else opened(s)
        elif s:
            if event & POLLOUT:
                feed(s)
            if not event & ~POLLOUT or len(data) >= DATA:
                continue
            try:
                if s.state == "open":
                    last = n
                    turn(s)
                elif s.state == "listen" and len(streams) < MOST:
                    accepted(s)
            except OSError as e:
                if s.kind < 3 and e.errno != EAGAIN:
                    fail(s, e.errno)
    if data:
        line()
    if 0 in ready:
        receive()
