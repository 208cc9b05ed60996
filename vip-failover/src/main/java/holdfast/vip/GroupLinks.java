package holdfast.vip;

import java.util.List;
import java.util.Map;

/// The links of a group as they are now.
///
/// @param ifindex  the kernel's number for the link that adverts travel on; another one after it was made anew
/// @param macs     of each link with a virtual address, by name: 48 bits in the low end, the first octet highest
/// @param faults   what keeps this director from serving, as sentences; empty for nothing
public record GroupLinks(int ifindex, Map<String, Long> macs, List<String> faults) {
    public GroupLinks {
        macs = Map.copyOf(macs);
        faults = List.copyOf(faults);
    }
}
