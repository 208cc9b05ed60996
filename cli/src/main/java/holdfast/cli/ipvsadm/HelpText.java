package holdfast.cli.ipvsadm;

import holdfast.conf.ProgramVersion;

/// What `-h` and `-v` print.
final class HelpText {
    static final String VERSION =
            "ipvsadm v1.31 (the drop-in of Holdfast " + ProgramVersion.TEXT + ", which follows IPVS v1.2.1)";

    static final String TEXT = VERSION + """

            Usage:
              ipvsadm -A|-E SERVICE [-s SCHEDULER] [-p [SECONDS]] [-M NETMASK] [--pe ENGINE] [-o] [-b FLAGS]
              ipvsadm -D SERVICE
              ipvsadm -C
              ipvsadm -a|-e SERVICE -r SERVER [-g|-m] [-w WEIGHT] [-x UPPER] [-y LOWER]
              ipvsadm -d SERVICE -r SERVER
              ipvsadm [-L|-l [SERVICE]] [-n] [--stats|--rate|--thresholds|--persistent-conn|--tun-info] [--exact] [--nosort]
              ipvsadm -L -c [-n] [--persistent-conn]
              ipvsadm -L --timeout
              ipvsadm -L --daemon
              ipvsadm -S [-n]
              ipvsadm -R
              ipvsadm -Z [SERVICE]
              ipvsadm --set TCP TCPFIN UDP
              ipvsadm --start-daemon|--stop-daemon master|backup

            SERVICE is -t HOST[:PORT], -u HOST[:PORT], --sctp-service HOST[:PORT] or -f MARK; SERVER is HOST[:PORT].

            Commands, of which one comes first:
              -A --add-service      add a service             -a --add-server       add a real server
              -E --edit-service     replace its options       -e --edit-server      replace its options
              -D --delete-service   delete it                 -d --delete-server    delete it
              -C --clear            delete all services       -Z --zero             begin sums and rates anew
              -L -l --list          list (default)            --set                 timeouts in seconds, 0 keeps one
              -S --save             print rules               -R --restore          read rules from standard input
              -h --help             print this                -v --version          print the version

            Options:
              -t --tcp-service, -u --udp-service, --sctp-service, -f --fwmark-service
              -s --scheduler        any of Holdfast's, such as rr, wrr, lc, wlc (default), sh, mh
              -p --persistent       seconds that a client keeps its server, 360 if none are given
              -M --netmask          of clients that share a server, such as 255.255.255.0
                 --pe               persistence engine: sip
              -o --ops              schedule each datagram by itself
              -b --sched-flags      sh-fallback, sh-port, mh-fallback, mh-port
              -r --real-server, -w --weight, -x --u-threshold, -y --l-threshold
              -g --gatewaying       direct routing (default)  -m --masquerading     NAT
              -n --numeric          numbers instead of names
                 --exact            all digits of large numbers

            What an option does is in ipvsadm(8). What Holdfast does otherwise is in docs/operating/ipvsadm.md.
            """;

    private HelpText() {}
}
