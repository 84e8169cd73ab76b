#!/usr/bin/perl
# A web application to measure with: Perl as Debian's smallest image has it, one process, one loop.
#
#   GET  /            {"revision", "hostname", "pid"}
#   GET  /healthz     200 once ready, else 503
#   GET  /slow?ms=N   answers after N milliseconds
#   POST /echo        sends the body back
#   GET  /ws          WebSocket; the echo of TEXT is "REVISION TEXT"
#   GET  /lines?n=N   writes N numbered lines to standard output (&name=X begins each with X)
#
# Environment: REVISION (else the file REVISION beside this one), PORT (8080),
#   TERM_MODE        drain (no new connections, finish what is open, exit), die (exit at once), ignore
#   START_DELAY_MS   time before it listens
#   READY_DELAY_MS   time from then on in which /healthz says 503
#   FAIL             none, start (exit 1 before it listens), unhealthy, crash-after:SECONDS
use strict;
use warnings;
use Errno qw(EAGAIN EINTR EWOULDBLOCK);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use IO::Socket::INET;
use POSIX ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);

$| = 1;
my $ticks = POSIX::sysconf(POSIX::_SC_CLK_TCK());
my $hostname = (POSIX::uname())[1];
my $fail = $ENV{FAIL} // '';
my $term_mode = $ENV{TERM_MODE} || 'drain';
my $revision = $ENV{REVISION} || baked_revision();
my %connections;
my ($is_draining, $listener) = (0, undef);

# Seconds of a clock that only goes forward, in steps of 10 ms.
sub now { return (POSIX::times())[0] / $ticks }

sub pause { my $end = now() + $_[0]; while ((my $left = $end - now()) > 0) { select undef, undef, undef, $left } }

sub baked_revision {
    my ($folder) = $0 =~ m{^(.*)/};
    open my $file, '<', ($folder // '.') . '/REVISION' or return 'unknown';
    chomp(my $line = <$file> // '');
    return $line || 'unknown';
}

$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = $SIG{INT} = sub {
    POSIX::_exit(143) if $term_mode eq 'die';
    $is_draining = 1 if $term_mode eq 'drain';
};

if ($fail eq 'start') { print STDERR "cannot start: FAIL=start\n"; exit 1 }
pause(($ENV{START_DELAY_MS} || 0) / 1000);
exit 0 if $is_draining;
$listener = IO::Socket::INET->new(
    LocalAddr => '0.0.0.0', LocalPort => $ENV{PORT} || 8080, Listen => 1024, ReuseAddr => 1, Blocking => 0,
) or die "cannot listen: $@\n";
my $ready_at = now() + ($ENV{READY_DELAY_MS} || 0) / 1000;
my $crash_at = $fail =~ /^crash-after:([\d.]+)$/ ? now() + $1 : undef;
print "revision $revision listens, TERM_MODE=$term_mode\n";

while (1) {
    drain() if $is_draining;
    my ($reads, $writes, $wait) = ('', '', 60);
    vec($reads, fileno $listener, 1) = 1 if $listener;
    my $now = now();
    for my $c (values %connections) {
        vec($reads, $c->{fd}, 1) = 1;
        vec($writes, $c->{fd}, 1) = 1 if length $c->{out};
        $wait = min($wait, $c->{due} - $now) if defined $c->{due};
    }
    $wait = min($wait, $crash_at - $now) if $crash_at;
    $wait = 1 if $term_mode eq 'drain' && $wait > 1;    # a signal just before select is seen within a second
    my $count = select $reads, $writes, undef, $wait < 0 ? 0 : $wait;
    if ($crash_at && now() >= $crash_at) { print STDERR "crashed: FAIL=$fail\n"; POSIX::_exit(1) }
    if ($count > 0) {
        accept_all() if $listener && vec $reads, fileno $listener, 1;
        for my $c (values %connections) {
            next unless $connections{$c->{fd}};
            receive($c) if vec $reads, $c->{fd}, 1;
            flush($c) if $connections{$c->{fd}} && vec $writes, $c->{fd}, 1;
        }
    }
    $now = now();
    for my $c (values %connections) {
        next unless defined $c->{due} && $c->{due} <= $now;
        $c->{due} = undef;
        answer($c, 200, identity());
        handle($c);
    }
}

sub min { return $_[0] < $_[1] ? $_[0] : $_[1] }

sub identity { return sprintf '{"revision": "%s", "hostname": "%s", "pid": %d}' . "\n", $revision, $hostname, $$ }

# What TERM_MODE=drain asks for: nothing new, idle connections closed, the process ends with the last open request.
sub drain {
    if ($listener) { accept_all(); close $listener; undef $listener }
    for my $c (values %connections) {
        if ($c->{websocket}) { $c->{out} .= "\x88\x02\x03\xe9" unless $c->{closes}; $c->{closes} = 1; flush($c) }
        elsif (!defined $c->{due} && !length $c->{out} && !length $c->{in}) { forget($c) }
    }
    exit 0 unless %connections;
}

sub accept_all {
    while (my $socket = $listener->accept) {
        fcntl $socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK;
        setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
        $connections{ fileno $socket } = { socket => $socket, fd => fileno $socket, in => '', out => '' };
    }
}

sub forget { my ($c) = @_; delete $connections{ $c->{fd} }; close $c->{socket} }

sub receive {
    my ($c) = @_;
    my $count = sysread $c->{socket}, $c->{in}, 65536, length $c->{in};
    return if !defined $count && ($! == EAGAIN || $! == EINTR || $! == EWOULDBLOCK);
    return forget($c) unless $count;
    $c->{websocket} ? frames($c) : handle($c);
}

sub flush {
    my ($c) = @_;
    while (length $c->{out}) {
        my $count = syswrite $c->{socket}, $c->{out};
        if (!defined $count) {
            return if $! == EAGAIN || $! == EINTR || $! == EWOULDBLOCK;
            return forget($c);
        }
        substr $c->{out}, 0, $count, '';
    }
    forget($c) if $c->{closes};
}

sub answer {
    my ($c, $status, $body, $type) = @_;
    my $text = { 200 => 'OK', 400 => 'Bad Request', 404 => 'Not Found', 503 => 'Service Unavailable' }->{$status};
    $c->{closes} = 1 if $is_draining || $c->{last};
    $c->{out} .= "HTTP/1.1 $status $text\r\nContent-Type: " . ($type // 'application/json')
        . "\r\nContent-Length: " . length($body) . "\r\nConnection: " . ($c->{closes} ? 'close' : 'keep-alive')
        . "\r\n\r\n" . ($c->{is_head} ? '' : $body);
    flush($c);
}

# Answers the requests that have come in full; one at a time, in order.
sub handle {
    my ($c) = @_;
    while ($connections{ $c->{fd} } && !defined $c->{due} && !$c->{closes} && !$c->{websocket}
        && $c->{in} =~ /^(.*?)\r?\n\r?\n/s) {
        my ($head, $size) = ($1, $+[0]);
        my ($method, $target, $version) = $head =~ m{^([A-Z]+) (\S+) HTTP/(1\.[01])};
        if (!$method) { $c->{last} = 1; return answer($c, 400, "no request\n", 'text/plain') }
        my ($length) = $head =~ /^content-length:\s*(\d+)/im;
        return if length($c->{in}) < $size + ($length // 0);
        my $body = substr $c->{in}, $size, $length // 0;
        substr $c->{in}, 0, $size + ($length // 0), '';
        my ($connection) = $head =~ /^connection:\s*(.*?)\s*$/im;
        $c->{last} = $version eq '1.0' ? ($connection // '') !~ /keep-alive/i : ($connection // '') =~ /close/i;
        $c->{is_head} = $method eq 'HEAD';
        my ($path, $query) = split /\?/, $target, 2;
        my %query = map { my ($k, $v) = split /=/, $_, 2; ($k, $v // '') } split /&/, $query // '';
        route($c, $method, $path, \%query, $body, $head);
    }
}

sub route {
    my ($c, $method, $path, $query, $body, $head) = @_;
    if ($path eq '/') { answer($c, 200, identity()) }
    elsif ($path eq '/healthz') {
        my $is_well = now() >= $ready_at && $fail ne 'unhealthy';
        answer($c, $is_well ? 200 : 503, $is_well ? "ok\n" : "not ready\n", 'text/plain');
    }
    elsif ($path eq '/slow') { $c->{due} = now() + ($query->{ms} || 800) / 1000 }
    elsif ($path eq '/echo' && $method eq 'POST') { answer($c, 200, $body, 'text/plain') }
    elsif ($path eq '/lines') { lines($query->{n} || 1000, $query->{name} // 'line'); answer($c, 200, identity()) }
    elsif ($path eq '/ws' && $head =~ /^sec-websocket-key:\s*(\S+)/im) { upgrade($c, $1) }
    else { answer($c, 404, "nothing at $path\n", 'text/plain') }
}

sub lines {
    my ($count, $name) = @_;
    my $text = '';
    for my $number (1 .. $count) {
        $text .= "$name $number of $count\n";
        if (length $text > 65000 || $number == $count) { print $text; $text = '' }
    }
}

# WebSocket, RFC 6455.
sub upgrade {
    my ($c, $key) = @_;
    my $accept = base64(sha1($key . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'));
    $c->{websocket} = 1;
    $c->{out} .= "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        . "Sec-WebSocket-Accept: $accept\r\n\r\n";
    flush($c);
    frames($c) if $connections{ $c->{fd} };
}

sub frames {
    my ($c) = @_;
    while (length $c->{in} >= 2) {
        my ($first, $second) = unpack 'CC', $c->{in};
        my ($length, $offset) = ($second & 0x7f, 2);
        if ($length == 126) { return if length $c->{in} < 4; ($length, $offset) = (unpack('n', substr $c->{in}, 2, 2), 4) }
        if ($length == 127 || !($second & 0x80)) { return forget($c) }
        return if length $c->{in} < $offset + 4 + $length;
        my $mask = substr $c->{in}, $offset, 4;
        my $data = substr $c->{in}, $offset + 4, $length;
        substr $c->{in}, 0, $offset + 4 + $length, '';
        $data ^= substr $mask x ($length / 4 + 1), 0, $length;
        my $opcode = $first & 0x0f;
        if ($opcode == 8) { $c->{closes} = 1; $c->{out} .= pack('CC', 0x88, $length) . $data; return flush($c) }
        if ($opcode == 9) { $c->{out} .= pack('CC', 0x8a, $length) . $data }
        if ($opcode == 1) {
            my $text = "$revision $data";
            my $size = length $text;
            $c->{out} .= ($size < 126 ? pack('CC', 0x81, $size) : pack('CCn', 0x81, 126, $size)) . $text;
        }
    }
    flush($c);
}

# Of 20 bytes, from their uuencoding.
sub base64 {
    my $text = substr pack('u', $_[0]), 1, 27;
    $text =~ tr{` -_}{AA-Za-z0-9+/};
    return "$text=";
}

# FIPS 180-4; the smallest Perl has no Digest::SHA.
sub sha1 {
    my ($text) = @_;
    my @h = (0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
    my $bits = 8 * length $text;
    $text .= "\x80";
    $text .= "\0" x ((56 - length($text) % 64) % 64) . pack 'NN', 0, $bits;
    my $rotate = sub { ($_[0] << $_[1] | $_[0] >> (32 - $_[1])) & 0xffffffff };
    for my $block (unpack '(a64)*', $text) {
        my @w = unpack 'N16', $block;
        push @w, $rotate->($w[-3] ^ $w[-8] ^ $w[-14] ^ $w[-16], 1) for 16 .. 79;
        my ($a, $b, $c, $d, $e) = @h;
        for my $i (0 .. 79) {
            my ($f, $k) = $i < 20 ? ($b & $c | ~$b & $d, 0x5a827999) : $i < 40 ? ($b ^ $c ^ $d, 0x6ed9eba1)
                : $i < 60 ? ($b & $c | $b & $d | $c & $d, 0x8f1bbcdc) : ($b ^ $c ^ $d, 0xca62c1d6);
            my $sum = ($rotate->($a, 5) + ($f & 0xffffffff) + $e + $k + $w[$i]) & 0xffffffff;
            ($e, $d, $c, $b, $a) = ($d, $c, $rotate->($b, 30), $a, $sum);
        }
        @h = map { ($h[$_] + ($a, $b, $c, $d, $e)[$_]) & 0xffffffff } 0 .. 4;
    }
    return pack 'N5', @h;
}
