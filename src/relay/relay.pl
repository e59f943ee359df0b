# The relay of session-manager-plugin: it opens connections for a client that speaks on stdin, and answers on stdout
# (docs/design/relay.md#sessions). It ends with its stdin, with its stdout, or when it receives nothing for a minute.
use strict;
use Socket;
use POSIX;
# Bytes, seconds, and for DIAL hundredths: the clock ticks of POSIX::times, which no step of the time of day moves.
use constant { DATA => 16384, WINDOW => 262144, EARLY => 4096, COST => 64, IDLE => 60, DIAL => 3000,
  JOBS => 16 };

# Error numbers of the system to codes of RESET. ENXIO: a name has no address.
my %code = (ENXIO, 5, ECONNREFUSED, 2, ENOENT, 2, ETIMEDOUT, 3, EHOSTUNREACH, 4, ENETUNREACH, 4, EACCES, 6, EPERM, 6,
  ECONNRESET, 7, EPIPE, 7, EMFILE, 8, EADDRINUSE, 9, EADDRNOTAVAIL, 9);
my $most = least(1024, (sysconf(_SC_OPEN_MAX) || 256) - 48);
# Streams by id; they, and pipes of resolvers, by file; files to select.
my (%stream, %file, $reads, $writes, $listens);
# Streams that are not connected yet, the oldest first; those that wait for a resolver; frames without data.
my (@dials, @names, @control);
my ($in, $out, $data, $credit, $last, $own, $jobs);
my $theirs = -1;
# 8 MiB may wait for all destinations: 4 KiB for each of 1024 streams, and these are for the first ones, the first of which
# gets 256 KiB.
my $spare = 4128768;

sub least { (sort { $a <=> $b } @_)[0] }

# At most 8192 of them wait: a client that grants more than it reads has gone wrong.
sub frame {
  my ($type, $id, $payload) = @_;
  exit 1 if push(@control, pack "CxnNa*", $type, length $payload, $id, $payload) > 8192;
}

sub fatal {
  @control = ();
  frame(8, 0, "\1$_[0]");
  line();
  exit 1;
}

# Writes what is ready as base64, by the encoding "u", whose lines begin with their length. A line has 64 KiB at most: 100
# frames without data, and those with data.
sub line {
  my $bytes = join "", splice(@control, 0, 100), $data;
  my $pad = -length($bytes) % 3;
  $data = "";
  $bytes = pack "u63", $bytes;
  $bytes =~ s/^.|\n//mg;
  $bytes =~ tr#` -_#AA-Za-z0-9+/#;
  substr($bytes, -$pad) = "=" x $pad if $pad;
  $out .= "b$bytes\n";
  flush();
}

sub flush {
  my $n = syswrite STDOUT, $out;
  exit if !defined $n && $! != EAGAIN;
  substr $out, 0, $n, "";
}

# Which events of a stream matter now.
sub watch {
  my $s = shift;
  fatal("window") if $$s{window} > WINDOW;
  my $n = $$s{n} or return;
  my $open = $$s{state} eq "open";
  vec($reads, $n, 1) = $$s{state} eq "name" || $open && !$$s{sent} && $$s{window} > 0;
  vec($writes, $n, 1) = $$s{state} eq "dial" || $open && $$s{wait} ne "";
  vec($listens, $n, 1) = $$s{state} eq "listen";
}

sub hold {
  my ($s, $f, $state) = @_;
  release($s);
  fcntl $f, F_SETFL, O_RDWR | O_NONBLOCK;
  # TCP_NODELAY, which other files refuse.
  setsockopt $f, 6, 1, 1;
  @$s{qw(f n state)} = ($f, fileno $f, $state);
  $file{$$s{n}} = $s;
  watch($s);
}

sub release {
  my $s = shift;
  $$s{state} = "closed";
  watch($s);
  delete $file{$$s{n}};
  delete @$s{qw(f n)};
}

sub forget {
  my ($s, $abort) = @_;
  setsockopt $$s{f}, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0 if $abort && $$s{f};
  release($s);
  $spare += $$s{win};
  delete $stream{$$s{id}};
  %$s = ();
}

sub fail {
  my ($s, $error) = @_;
  frame(8, $$s{id}, pack "Ca*", $code{$error + 0} || 10, strerror($error));
  forget($s, 1);
}

# The window of a stream: what each gets, and a part of what is left.
sub grant {
  my $s = shift;
  $spare -= $$s{win} = int($spare / 16);
  $$s{may} += EARLY + $$s{win};
  EARLY + $$s{win};
}

# With the flag 4 (AI_NUMERICHOST), only of an address that needs no resolver. Perl 5.10 has no getaddrinfo.
sub addresses {
  my ($s, $flags) = @_;
  return map $$_{addr}, grep ref, Socket::getaddrinfo(@$s{qw(host port)}, { socktype => $$s{type}, flags => $flags })
    if defined &Socket::getaddrinfo;
  my @found = $flags ? () : gethostbyname $$s{host};
  map pack_sockaddr_in($$s{port}, $_), @found[4 .. $#found];
}

# A name is resolved in a child, which holds nothing of the relay.
sub resolve {
  my $s = shift;
  return if !$$s{until};
  return push @names, $s if $jobs >= JOBS;
  pipe(my $r, my $w) && defined(my $pid = fork) or return fail($s, $!);
  if (!$pid) {
    # DIAL, in seconds.
    alarm 30;
    close $$_{f} for values %file;
    close STDIN;
    close STDOUT;
    # No name leads to the metadata of this machine: who may ask for a name may not know where it leads.
    syswrite $w, pack "(n/a*)*", grep !/^.{4}(\xa9\xfe|.{4}(\xfd\0\x0e\xc2|\0+\xff+\xa9\xfe))/s, addresses($s, 0);
    exit;
  }
  $jobs++;
  hold({ of => $s }, $r, "name");
}

sub resolved {
  my $job = shift;
  return if sysread $$job{f}, $$job{in}, 4096, length $$job{in};
  release($job);
  $jobs--;
  my $s = $$job{of};
  dial($s, ENXIO, unpack "(n/a)*", $$job{in}) if $$s{until};
  resolve(shift @names) while @names && $jobs < JOBS;
}

# Tries addresses until one does not fail at once.
sub dial {
  my ($s, $error, @rest) = @_;
  while (@rest) {
    my $address = shift @rest;
    if (socket my $f, sockaddr_family($address), $$s{type}, 0) {
      hold($s, $f, "dial");
      $$s{rest} = \@rest;
      return opened($s) if $$s{kind} == 4
        ? setsockopt($f, SOL_SOCKET, SO_REUSEADDR, 1) && bind($f, $address) && listen($f, 128)
        : connect $f, $address;
      return if $! == EINPROGRESS;
    }
    $error = $!;
  }
  fail($s, $error);
}

sub opened {
  my $s = shift;
  delete $$s{until};
  my $port = $$s{kind} == 4 && unpack "x2n", getsockname $$s{f};
  $$s{state} = $port ? "listen" : "open";
  frame(4, $$s{id}, pack "Nn", $port ? 0 : grant($s), $port);
  feed($s);
}

sub accepted {
  my $listener = shift;
  accept my $f, $$listener{f} or return;
  $own += 2;
  my $s = $stream{$own} = { id => $own, kind => 1 };
  hold($s, $f, "accepted");
  frame(3, $own, pack "NN", $$listener{id}, grant($s));
}

# Writes to a destination what has come for it.
sub feed {
  my $s = shift;
  if ($$s{wait} ne "") {
    my $n = syswrite $$s{f}, $$s{wait};
    return fail($s, $!) if !defined $n && $! != EAGAIN;
    substr $$s{wait}, 0, $n, "";
    grow($s, $n);
  }
  if ($$s{ended} && $$s{wait} eq "" && !$$s{shut}++) {
    shutdown $$s{f}, 1;
    return forget($s) if $$s{sent};
  }
  watch($s);
}

sub grow {
  my ($s, $n) = @_;
  $$s{owed} += $n;
  return if $$s{ended} || $$s{owed} * 4 < EARLY + $$s{win};
  frame(6, $$s{id}, pack "N", $$s{owed});
  $$s{may} += $$s{owed};
  $$s{owed} = 0;
}

# A DATA frame of what a destination has sent.
sub turn {
  my $s = shift;
  my $udp = $$s{kind} == 3;
  my $room = least(DATA, $$s{window}, $credit - COST);
  return if $room <= 0;
  my $n = sysread $$s{f}, my $bytes, $udp ? DATA + 1 : $room;
  if (!$n && !$udp) {
    return $! == EAGAIN || fail($s, $!) if !defined $n;
    frame(7, $$s{id});
    $$s{sent} = 1;
    return $$s{shut} ? forget($s) : watch($s);
  }
  # A datagram that may not be sent is dropped: the next ones must not wait for it.
  return if !defined $n || $n > $room;
  $credit -= $n + COST;
  $$s{window} -= $n;
  watch($s);
  $data .= pack "CxnNa*", 5, $n, $$s{id}, $bytes;
}

sub take {
  my ($type, $id, $p) = @_;
  my $n = length $p;
  if (!defined $credit) {
    fatal("no hello") if $type != 1 || $n != 22 || unpack("n", $p) != 256;
    $credit = unpack "x18N", $p;
    # It begins as that of the client does: version, no features, nonce.
    return frame(1, 0, pack "a18na*", $p, $most, sprintf " perl %vd", $^V);
  }
  if ($type == 2) {
    my ($kind, $window, $port, $host) = unpack "CNna*", $p;
    fatal("open") if $id != $theirs + 2 || $n < 8 || $kind < 1 || $kind > 4;
    my $s = $stream{$theirs = $id} = { id => $id, kind => $kind, window => $window, may => EARLY, state => "wait",
      host => $host, port => $port, type => $kind == 3 ? SOCK_DGRAM : SOCK_STREAM, until => (POSIX::times)[0] + DIAL };
    return fail($s, EMFILE) if keys %stream > $most;
    push @dials, $s;
    my @known = $kind != 2 ? addresses($s, 4) : length $host < 108 ? pack_sockaddr_un($host) : 0;
    return @known ? dial($s, ENXIO, grep $_, @known) : resolve($s);
  }
  return frame(10, 0, $p) if $type == 9 && $n == 8;
  return $credit += unpack "N", $p if $type == 6 && !$id && $n == 4;
  exit if $type == 8 && !$id;
  fatal("type $type of $id") if $type < 4 || $type > 8 || !$id || $id > ($id % 2 ? $theirs : $own);
  my $s = $stream{$id} or return;
  my $open = $$s{state} eq "open";
  if ($type == 4) {
    fatal("opened") if $$s{state} ne "accepted" || $n != 6;
    $$s{window} = unpack "N", $p;
    $$s{state} = "open";
    feed($s);
  } elsif ($type == 5) {
    fatal("data") if $$s{ended} || $$s{kind} == 4 || ($$s{may} -= $n) < 0;
    if ($$s{kind} == 3) {
      syswrite $$s{f}, $p if $open;
      return grow($s, $n);
    }
    $$s{wait} .= $p;
    feed($s) if $open;
  } elsif ($type == 6) {
    $$s{window} += $n == 4 ? unpack "N", $p : WINDOW + 1;
    watch($s);
  } elsif ($type == 7 && $$s{kind} != 3) {
    fatal("end") if $$s{ended}++ || $$s{kind} == 4;
    feed($s) if $open;
  } else {
    forget($s, 1);
  }
}

sub receive {
  exit if !sysread STDIN, $in, 65536, length $in;
  alarm IDLE;
  while (length $in >= 8) {
    my ($type, $flags, $n, $id) = unpack "CCnN", $in;
    fatal("$n bytes") if $n > DATA || $flags;
    return if length $in < 8 + $n;
    take($type, $id, substr substr($in, 0, 8 + $n, ""), 8);
  }
}

$SIG{PIPE} = $SIG{CHLD} = "IGNORE";
fcntl STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK;
alarm IDLE;
while (1) {
  while (@dials && $dials[0]{until} <= (POSIX::times)[0]) {
    my $s = shift @dials;
    fail($s, ETIMEDOUT) if $$s{until};
  }
  line() if @control && $out eq "";
  # While stdout takes nothing, no destination is read. Without room, nothing is accepted.
  my $busy = $out ne "" || @control > 0;
  my ($r, $w) = ("\3", $writes);
  $r |= $reads if !$busy && $credit > COST;
  $r |= $listens if !$busy && keys %stream < $most;
  vec($w, 1, 1) = $busy;
  next if select($r, $w, undef, @dials ? 1 : undef) < 0;
  # Only the end of its reader makes stdout readable.
  exit if vec $r, 1, 1;
  flush() if vec $w, 1, 1;
  for my $n (grep vec($w, $_, 1), keys %file) {
    my $s = $file{$n};
    if ($$s{state} ne "dial") { feed($s) }
    elsif (my $error = unpack "i", getsockopt $$s{f}, SOL_SOCKET, SO_ERROR) { dial($s, $error, @{$$s{rest}}) }
    else { opened($s) }
  }
  # The turn goes round, beginning after the file that had the last one.
  for my $n (sort { ($a <= $last) <=> ($b <= $last) || $a <=> $b } grep vec($r, $_, 1), keys %file) {
    my $s = $file{$n};
    if ($$s{state} eq "listen") { accepted($s) if keys %stream < $most }
    elsif ($$s{state} eq "name") { resolved($s) }
    elsif ($$s{state} eq "open") { turn($s); $last = $n }
    last if length $data >= DATA;
  }
  line() if $data ne "";
  receive() if vec $r, 0, 1;
}
