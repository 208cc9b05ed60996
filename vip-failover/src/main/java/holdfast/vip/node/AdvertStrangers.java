package holdfast.vip.node;

import holdfast.conf.Ipv4;
import holdfast.vip.Doubt;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts the senders of adverts that are not believed and the machines that announce our addresses, names them and
/// warns of them. The router's and the datapath's threads write it, any thread reads it.
public final class AdvertStrangers {
    private static final Logger log = LoggerFactory.getLogger(AdvertStrangers.class);

    /// An honest director that is not known yet, or is heard before it is known, may be doubted for this long.
    private static final long HONEST_MAX = TimeUnit.SECONDS.toNanos(3);
    /// Adverts of a known director that overtake its word, or that were under way when it gave the group.
    private static final int HONEST_COUNT_MAX = 8;
    /// A director that resigns is not active again this soon, except by rare luck.
    private static final long RESIGNED_FOR = TimeUnit.SECONDS.toNanos(2);

    private static final int LUCKY_MAX = 2;

    /// After this time without a doubt, counting begins anew.
    private static final long PEACE = TimeUnit.SECONDS.toNanos(10);

    private static final long WARN_INTERVAL = TimeUnit.MINUTES.toNanos(1);
    /// How long a sighting stays among the alarms.
    private static final long ALARM_INTERVAL = TimeUnit.MINUTES.toNanos(5);
    private static final int SENDERS_MAX = 16;

    private final int vrid;
    private final Map<Integer, Sender> senders = new LinkedHashMap<>();
    private long stolen;
    private long stolenAt;
    private long stolenWarnedAt;
    private String thief = "";

    private static final class Sender {
        final Map<Doubt, Long> counts = new EnumMap<>(Doubt.class);
        long firstAt;
        long lastAt;
        long warnedAt;
        boolean warned;
        long resignedAt;
        int resignations;
        int contradicted; // resignations after which the director continued as if it had not sent them

        /// Whether the doubts exceed what an honest peer can cause.
        boolean isSuspect(long now) {
            return contradicted > LUCKY_MAX || isDoubtful(now);
        }

        private boolean isDoubtful(long now) {
            return counts.containsKey(Doubt.NOBODY_VOUCHES)
                    ? now - firstAt >= HONEST_MAX
                    : counts.getOrDefault(Doubt.SAYS_OTHERWISE, 0L) > HONEST_COUNT_MAX;
        }
    }

    AdvertStrangers(int vrid) {
        this.vrid = vrid;
    }

    synchronized void doubted(int address, Doubt why, long now) {
        var sender = senders.get(address);
        boolean isNew = sender == null || (now - sender.lastAt > PEACE && !sender.isSuspect(now));
        if (sender == null || isNew) {
            if (senders.size() >= SENDERS_MAX) {
                senders.remove(senders.keySet().iterator().next());
            }
            sender = new Sender();
            sender.firstAt = now;
            senders.put(address, sender);
        }
        sender.lastAt = now;
        sender.counts.merge(why, 1L, Long::sum);
        if (why == Doubt.RESIGNATION) {
            sender.resignations++;
            sender.resignedAt = now;
        }
    }

    /// The director with this address reports that it is active, and vouches for an advert. So its doubted adverts
    /// were only early or late, except for a resignation that it did not send.
    synchronized void vouched(int address, long now) {
        var sender = senders.get(address);
        if (sender == null) {
            return;
        }
        if (now - sender.resignedAt < RESIGNED_FOR) {
            sender.contradicted += sender.resignations;
        }
        sender.resignations = 0;
        sender.counts.keySet().retainAll(Set.of(Doubt.RESIGNATION));
        boolean isHistory = now - sender.lastAt > (sender.isSuspect(now) ? ALARM_INTERVAL : PEACE);
        if (sender.contradicted == 0 || isHistory) {
            senders.remove(address);
        }
    }

    /// Another machine announced an address of ours with its MAC.
    synchronized void stolen(int address, long mac, long now) {
        stolen++;
        thief = "%s was announced with the MAC %s, which is not ours".formatted(Ipv4.text(address), text(mac));
        if (stolen == 1 || now - stolenWarnedAt >= WARN_INTERVAL) {
            stolenWarnedAt = now;
            log.warn("vip stolen vrid={} address={} by={} action=announce-again", vrid, Ipv4.text(address), text(mac));
        }
        stolenAt = now;
    }

    /// Logs what is due, each warning once a minute.
    synchronized void warn(long now) {
        senders.forEach((address, sender) -> {
            boolean isNews = now - sender.warnedAt >= WARN_INTERVAL && sender.lastAt > sender.warnedAt;
            boolean isDue = !sender.warned || isNews;
            if (sender.isSuspect(now) && isDue) {
                sender.warned = true;
                sender.warnedAt = now;
                log.warn(
                        "vrrp adverts not believed vrid={} from={} counts={}", vrid, Ipv4.text(address), sender.counts);
            }
        });
    }

    /// Alarms for the operator, as sentences.
    synchronized List<String> alarms(long now) {
        var alarms = new ArrayList<String>();
        senders.forEach((address, sender) -> {
            if (sender.isSuspect(now) && now - sender.lastAt < ALARM_INTERVAL) {
                long count = sender.counts.values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                alarms.add(
                        "%d VRRP adverts with vrid %d from %s are not believed, the last %d s ago: no director of this"
                                        .formatted(
                                                count, vrid, Ipv4.text(address), (now - sender.lastAt) / 1_000_000_000L)
                                + " group with this cluster's key says that it sent them");
            }
        });
        if (stolen > 0 && now - stolenAt < ALARM_INTERVAL) {
            alarms.add("%s, the last time %d s ago; %d such announcements were answered with our own"
                    .formatted(thief, (now - stolenAt) / 1_000_000_000L, stolen));
        }
        return alarms;
    }

    private static String text(long mac) {
        var octets = new ArrayList<String>();
        for (int shift = 40; shift >= 0; shift -= 8) {
            octets.add("%02x".formatted(mac >>> shift & 0xff));
        }
        return String.join(":", octets);
    }
}
