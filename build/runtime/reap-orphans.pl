# perl reap-orphans.pl PRCTL PROGRAM [ARGUMENT...]
#
# Runs a program, ends the processes that it leaves behind, then ends as the program has ended. Without it
# they go to the first process of the system, and that one may not expect them: util-linux's `script`, run as the
# first process of a container, waits for them, and takes the exit status of the last one for that of its own child.
#
# PRCTL is the number of the system call prctl on this machine. Only modules of Debian's perl-base.

use strict;
use warnings;
use POSIX qw(:sys_wait_h);

# linux/prctl.h
use constant PR_SET_CHILD_SUBREAPER => 36;

# What is done with the processes that are left, and how long each step may take. Most of them end with the
# program. SIGTERM comes before SIGKILL, because a wineserver saves its registry then.
use constant STEPS => ( undef, 'TERM', 'KILL' );
use constant TRIES_OF_STEP     => 40;
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
STEP: for my $step (STEPS) {
    my %signalled;
    for ( 1 .. TRIES_OF_STEP ) {
        my $ended;
        do { $ended = waitpid -1, WNOHANG } while $ended > 0;
        last STEP if $ended < 0;
        if ( defined $step ) {
            kill $step => grep { !$signalled{$_}++ } children();
        }
        select undef, undef, undef, TRY_PAUSE_SECONDS;
    }
}
my $signal = $status & 127;
if ( $signal != 0 ) {
    $SIG{$_} = 'DEFAULT' for qw(TERM HUP INT QUIT);
    kill $signal => $$;
}
exit $status >> 8;

# The process ids of the children of this process. A child's own children become children when it ends.
sub children {
    my @children;
    for my $path ( glob '/proc/[0-9]*/stat' ) {
        open my $file, '<', $path or next;
        my $stat = do { local $/; <$file> };
        # See proc_pid_stat(5): the name in parentheses can contain anything.
        my ( $id, $parent ) = ( $stat // '' ) =~ /\A(\d+) \(.*\) \S (\d+) /s or next;
        push @children, $id if $parent == $$;
    }
    return @children;
}
