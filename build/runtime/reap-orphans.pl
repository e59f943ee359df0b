# perl reap-orphans.pl PRCTL PROGRAM [ARGUMENT...]
#
# Runs a program and takes in the processes that it leaves behind, then ends as the program has ended.
# Without it they go to the first process of the system, and that one may not expect them: util-linux's
# `script`, run as the first process of a container, takes their end for that of its own child, and hangs.
#
# PRCTL is the number of the system call prctl on this machine. Only modules of Debian's perl-base.

use strict;
use warnings;
use POSIX qw(:sys_wait_h);

# linux/prctl.h
use constant PR_SET_CHILD_SUBREAPER => 36;

# How long to wait for what is left when the program has ended. Most of it ends with the program.
use constant LEFT_TRIES     => 40;
use constant TRY_PAUSE_SECONDS => 0.05;

my ( $prctl, @command ) = @ARGV;
syscall( $prctl + 0, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0 );

my $child = fork;
die "cannot fork: $!\n" if !defined $child;
if ( $child == 0 ) {
    { no warnings 'exec'; exec { $command[0] } @command; }
    print {*STDERR} "with-runtime: $command[0] cannot be run: $!\n";
    exit 1;
}
for my $signal (qw(TERM HUP INT QUIT)) {
    # From a terminal the child gets these two itself.
    my $is_key = $signal =~ /INT|QUIT/ && -t *STDIN;
    $SIG{$signal} = $is_key ? sub { } : sub { kill $signal => $child };
}

my $status;
until ( defined $status ) {
    my $ended = wait;
    $status = $? if $ended == $child;
}
for ( 1 .. LEFT_TRIES ) {
    my $ended;
    do { $ended = waitpid -1, WNOHANG } while $ended > 0;
    last if $ended < 0;
    select undef, undef, undef, TRY_PAUSE_SECONDS;
}
my $signal = $status & 127;
if ( $signal != 0 ) {
    $SIG{$_} = 'DEFAULT' for qw(TERM HUP INT QUIT);
    kill $signal => $$;
}
exit $status >> 8;
