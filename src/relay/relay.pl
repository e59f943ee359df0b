# The relay of session-manager-plugin: it opens connections for a client that speaks on stdin, and answers on stdout
# (docs/design/relay.md#sessions). It ends with its stdin, with its stdout, or when it receives nothing for a minute.
use strict;
use Socket;
use Fcntl;
use POSIX ();
use Errno qw(EAGAIN EINTR EINPROGRESS ECONNREFUSED ENOENT ETIMEDOUT EHOSTUNREACH ENETUNREACH EACCES EPERM
  ECONNRESET EPIPE EADDRINUSE EADDRNOTAVAIL);
use constant { DATA => 16384, WINDOW => 262144, EARLY => 4096, BUDGET => 8388608, COST => 64, IDLE => 60,
  DIAL => 30, RESOLVERS => 16 };

my %code = (ECONNREFUSED, 2, ENOENT, 2, ETIMEDOUT, 3, EHOSTUNREACH, 4, ENETUNREACH, 4, EACCES, 6, EPERM, 6,
  ECONNRESET, 7, EPIPE, 7, EADDRINUSE, 9, EADDRNOTAVAIL, 9);
my $hz = POSIX::sysconf(&POSIX::_SC_CLK_TCK);
my $most = (POSIX::sysconf(&POSIX::_SC_OPEN_MAX) || 256) - 48;
$most = 1024 if $most > 1024;
# Streams by id and by file; @names wait for a resolver.
my (%stream, %file, @names);
my ($reads, $writes, $in, $out, $last, $controls) = ("", "", "", "", -1, 0);
my ($hello, $credit, $granted, $own, $theirs, $resolvers) = (0, 0, 0, 0, -1, 0);
my @control;

sub now { (POSIX::times())[0] / $hz }
my $heard = now();

sub frame {
  my ($type, $id, $payload) = @_;
  push @control, pack("CCnN", $type, 0, length $payload, $id) . $payload;
  $controls += length $control[-1];
  exit 1 if $controls > 1048576;
}

sub fatal {
  @control = ();
  $controls = 0;
  frame(8, 0, pack("C", 1) . $_[0]);
  line();
  exit 1;
}

# Base64 by the encoding "u", whose lines begin with their length.
sub line {
  my $bytes = join "", splice @control;
  $controls = 0;
  $bytes .= $_[0] if @_;
  my $pad = (3 - length($bytes) % 3) % 3;
  $out = pack "u", $bytes;
  $out =~ s/^.//mg;
  $out =~ tr/\n//d;
  $out =~ tr#` -_#AA-Za-z0-9+/#;
  substr($out, -$pad) = "=" x $pad if $pad;
  $out = "b$out\n";
  flush_out();
}

sub flush_out {
  my $n = syswrite STDOUT, $out;
  if (defined $n) { substr($out, 0, $n, "") }
  elsif ($! != EAGAIN && $! != EINTR) { exit 0 }
}

sub plain { fcntl $_[0], F_SETFL, O_RDWR | O_NONBLOCK }

sub grant {
  my $s = shift;
  my $w = int((BUDGET - $granted) / 16);
  $w = EARLY if $w < EARLY;
  $w = WINDOW if $w > WINDOW;
  $granted += $s->{win} = $w;
  $s->{may} += $w;
  return $w;
}

# Which events of a stream matter now.
sub watch {
  my $s = shift;
  my $n = $s->{n};
  return unless defined $n;
  vec($reads, $n, 1) = $s->{state} =~ /listen|name/ || $s->{state} eq "open" && !$s->{sent} && $s->{window} > 0 ? 1 : 0;
  vec($writes, $n, 1) = $s->{state} eq "dial" || $s->{state} eq "open" && length $s->{wait} ? 1 : 0;
}

sub hold {
  my ($s, $f) = @_;
  release($s);
  $s->{f} = $f;
  $file{$s->{n} = fileno $f} = $s;
}

sub release {
  my $s = shift;
  my $n = delete $s->{n};
  return unless defined $n;
  vec($reads, $n, 1) = vec($writes, $n, 1) = 0;
  delete $file{$n};
  close delete $s->{f};
}

sub forget {
  my ($s, $abort) = @_;
  $resolvers-- if $s->{state} eq "name";
  setsockopt $s->{f}, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0) if $abort && $s->{f} && $s->{state} ne "name";
  release($s);
  $granted -= $s->{win} || 0;
  $s->{state} = "closed";
  delete $stream{$s->{id}};
}

sub fail {
  my ($s, $error, $text) = @_;
  frame(8, $s->{id}, pack("C", $error) . substr $text, 0, 255);
  forget($s, 1);
}

sub fail_by { fail($_[0], $code{$_[1] + 0} || 10, "$_[1]") }

sub addresses {
  my ($host, $port, $type, $flags) = @_;
  if (defined &Socket::getaddrinfo) {
    my ($e, @found) = Socket::getaddrinfo($host, $port, { socktype => $type, flags => $flags || 0 });
    return map { $_->{addr} } @found;
  }
  my (undef, undef, undef, undef, @found) = gethostbyname $host;
  return map { pack_sockaddr_in($port, $_) } @found;
}

# A name is resolved in a child, which holds nothing of the relay.
sub resolve {
  my $s = shift;
  return push @names, $s if $resolvers >= RESOLVERS;
  pipe(my $r, my $w) or return fail($s, 10, "$!");
  my $pid = fork;
  return fail($s, 10, "$!") unless defined $pid;
  if (!$pid) {
    alarm DIAL;
    close $_->{f} for values %file;
    open STDIN, "<", "/dev/null";
    open STDOUT, ">", "/dev/null";
    syswrite $w, join "", map { pack "n/a*", $_ } addresses(@$s{qw(host port type)});
    POSIX::_exit(0);
  }
  $resolvers++;
  $s->{state} = "name";
  $s->{found} = "";
  hold($s, $r);
  watch($s);
}

sub resolved {
  my $s = shift;
  return if sysread $s->{f}, $s->{found}, 4096, length $s->{found};
  $resolvers--;
  $s->{state} = "dial";
  dial($s, ECONNREFUSED, unpack "(n/a)*", $s->{found});
  while (@names && $resolvers < RESOLVERS) {
    my $next = shift @names;
    resolve($next) if $next->{state} eq "wait";
  }
}

sub dial {
  my ($s, $error, @addresses) = @_;
  return fail($s, 5, "no address") if !@addresses && $s->{state} ne "next";
  while (@addresses) {
    my $a = shift @addresses;
    my $ok = socket my $f, sockaddr_family($a), $s->{type}, 0;
    plain($f) if $ok;
    if ($s->{kind} == 4 && $ok) {
      setsockopt $f, SOL_SOCKET, SO_REUSEADDR, 1;
      $ok = bind($f, $a) && listen($f, 128);
      return opened($s, $f) if $ok;
    } elsif ($ok) {
      return opened($s, $f) if connect $f, $a;
      if ($! == EINPROGRESS) {
        hold($s, $f);
        @$s{qw(state rest)} = ("dial", \@addresses);
        return watch($s);
      }
    }
    $error = $!;
  }
  fail_by($s, $error);
}

sub opened {
  my ($s, $f) = @_;
  hold($s, $f) if $f;
  my $port = 0;
  if ($s->{kind} == 4) {
    $port = unpack "x2n", getsockname $s->{f};
    $s->{state} = "listen";
  } else {
    $s->{state} = "open";
    setsockopt $s->{f}, 6, 1, 1 if $s->{kind} == 1;
  }
  frame(4, $s->{id}, pack "Nn", $s->{kind} == 4 ? 0 : grant($s), $port);
  $s->{kind} == 4 ? watch($s) : feed($s);
}

sub accepted {
  my $listener = shift;
  accept(my $f, $listener->{f}) or return;
  plain($f);
  return if keys %stream >= $most;
  $own += 2;
  my $s = $stream{$own} = { id => $own, kind => 1, state => "accepted", wait => "", window => 0, may => 0, owed => 0 };
  hold($s, $f);
  setsockopt $f, 6, 1, 1;
  frame(3, $own, pack "NN", $listener->{id}, grant($s));
}

# Writes to a destination what has come for it.
sub feed {
  my $s = shift;
  while (length $s->{wait}) {
    my $n = syswrite $s->{f}, $s->{wait};
    if (!defined $n) {
      last if $! == EAGAIN || $! == EINTR;
      return fail_by($s, $!);
    }
    substr($s->{wait}, 0, $n, "");
    grow($s, $n);
  }
  if ($s->{ended} && $s->{wait} eq "" && !$s->{shut}++) {
    shutdown $s->{f}, 1;
    return forget($s) if $s->{sent};
  }
  watch($s);
}

sub grow {
  my ($s, $n) = @_;
  $s->{owed} += $n;
  return if $s->{ended} || $s->{owed} * 4 < $s->{win};
  frame(6, $s->{id}, pack "N", $s->{owed});
  $s->{may} += $s->{owed};
  $s->{owed} = 0;
}

# One turn of a stream: a DATA frame of what its destination has sent.
sub turn {
  my $s = shift;
  my $udp = $s->{kind} == 3;
  my $most = $udp ? DATA + 1 : DATA;
  if (!$udp) {
    $most = $s->{window} if $most > $s->{window};
    $most = $credit - COST if $most > $credit - COST;
  }
  return "" if $most <= 0;
  my $n = sysread $s->{f}, my $bytes, $most;
  if (!defined $n) {
    fail_by($s, $!) unless $udp || $! == EAGAIN || $! == EINTR;
    return "";
  }
  if (!$n && !$udp) {
    frame(7, $s->{id}, "");
    $s->{sent} = 1;
    $s->{shut} ? forget($s) : watch($s);
    return "";
  }
  return "" if $udp && ($n > DATA || $n > $s->{window} || $n > $credit - COST);
  $credit -= $n + COST;
  $s->{window} -= $n;
  watch($s) if $s->{window} <= 0;
  return pack("CCnN", 5, 0, $n, $s->{id}) . $bytes;
}

sub take {
  my ($type, $id, $p) = @_;
  my $n = length $p;
  if (!$hello) {
    fatal("no hello") if $type != 1 || $n != 22;
    my ($version, undef, $nonce, $c) = unpack "CCa16N", $p;
    fatal("version $version") if $version != 1;
    ($hello, $credit) = (1, $c);
    return frame(1, 0, pack("CCa16n", 1, 0, $nonce, $most) . sprintf " perl %vd", $^V);
  }
  if ($type == 2) {
    my ($kind, $window, $port, $address) = unpack "CNna*", $p;
    fatal("open $id") if $id != $theirs + 2 || $n < 8 || $kind < 1 || $kind > 4 || $window > WINDOW;
    $theirs = $id;
    my $s = $stream{$id} = { id => $id, kind => $kind, window => $window, may => EARLY, wait => "", owed => 0,
      state => "wait", host => $address, port => $port, until => now() + DIAL, type => $kind == 3 ? SOCK_DGRAM : SOCK_STREAM };
    return fail($s, 8, "too many streams") if keys %stream > $most;
    return dial($s, 0, length $address > 107 ? () : pack_sockaddr_un($address)) if $kind == 2;
    return dial($s, 0, addresses($address, $port, $s->{type}, 4)) if $address =~ /^[\d.]+$|:/;
    return resolve($s);
  }
  return frame(10, 0, $p) if $type == 9 && $n == 8;
  return $credit += unpack "N", $p if $type == 6 && !$id && $n == 4;
  exit 0 if $type == 8 && !$id;
  fatal("type $type") if $type < 4 || $type > 8;
  my $s = $stream{$id};
  if (!$s) {
    fatal("stream $id") if !$id || $id > ($id % 2 ? $theirs : $own);
    return;
  }
  if ($type == 4) {
    fatal("opened") if $s->{state} ne "accepted" || $n != 6;
    $s->{window} = unpack "N", $p;
    $s->{state} = "open";
    watch($s);
  } elsif ($type == 5) {
    fatal("data") if $s->{ended} || $s->{kind} == 4 || ($s->{may} -= $n) < 0;
    if ($s->{kind} != 3) { $s->{wait} .= $p }
    elsif ($s->{state} eq "open") { syswrite $s->{f}, $p; grow($s, $n) }
    else { grow($s, $n) }
    feed($s) if $s->{state} eq "open";
  } elsif ($type == 6) {
    fatal("window") if $n != 4 || ($s->{window} += unpack "N", $p) > WINDOW;
    watch($s);
  } elsif ($type == 7) {
    return forget($s) if $s->{kind} == 3;
    fatal("end") if $s->{ended}++ || $s->{kind} == 4;
    feed($s) if $s->{state} eq "open";
  } else {
    forget($s, 1);
  }
}

$SIG{PIPE} = $SIG{CHLD} = "IGNORE";
fcntl STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK;
while (1) {
  my $now = now();
  exit 0 if $now - $heard >= IDLE;
  my $wait = IDLE - ($now - $heard);
  $_->{state} =~ /dial|name|wait/ and ($now >= $_->{until} ? fail($_, 3, "no answer") : $wait > 1 && ($wait = 1)) for values %stream;
  line() if @control && $out eq "";
  # While stdout takes nothing, no destination is read.
  my ($r, $w) = ($out eq "" && $credit > COST ? $reads : "", $writes);
  vec($r, 0, 1) = vec($r, 1, 1) = 1;
  vec($w, 1, 1) = 1 if $out ne "";
  next if select($r, $w, undef, $wait) < 0;
  # Only the end of its reader makes stdout readable.
  exit 0 if vec $r, 1, 1;
  flush_out() if vec $w, 1, 1;
  if (vec $r, 0, 1) {
    my $n = sysread STDIN, $in, 65536, length $in;
    exit 0 if defined $n && !$n;
    $heard = now();
    my $at = 0;
    while (length($in) - $at >= 8) {
      my ($type, $flags, $n, $id) = unpack "CCnN", substr $in, $at, 8;
      fatal("$n bytes") if $n > DATA || $flags;
      last if length($in) - $at < 8 + $n;
      take($type, $id, substr $in, $at + 8, $n);
      $at += 8 + $n;
    }
    substr($in, 0, $at, "");
  }
  vec($_, 0, 2) = 0 for $r, $w;
  my $bits = unpack "b*", $w;
  while ($bits =~ /1/g) {
    my $s = $file{pos($bits) - 1} or next;
    if ($s->{state} ne "dial") { feed($s); next }
    my $error = unpack "i", getsockopt $s->{f}, SOL_SOCKET, SO_ERROR;
    if (!$error) { opened($s); next }
    release($s);
    $s->{state} = "next";
    dial($s, $! = $error, @{$s->{rest}});
  }
  next if $out ne "";
  my (@ready, $data);
  $bits = unpack "b*", $r;
  push @ready, pos($bits) - 1 while $bits =~ /1/g;
  $data = "";
  # The turn goes round, beginning after the stream that had the last one.
  for my $n ((grep { $_ > $last } @ready), grep { $_ <= $last } @ready) {
    my $s = $file{$n} or next;
    if ($s->{state} eq "listen") { accepted($s) }
    elsif ($s->{state} eq "name") { resolved($s) }
    elsif ($s->{state} eq "open") { $data .= turn($s); $last = $n }
    last if length $data >= DATA;
  }
  line($data) if $data ne "" || @control;
}
