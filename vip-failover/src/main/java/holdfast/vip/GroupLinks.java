package holdfast.vip;

import java.util.List;
import java.util.Map;

/// The present links of a group.
///
/// @param ifindex  the kernel's number of the link for adverts; changes when the link is recreated
/// @param macs     of each link with a virtual address, by name: 48 bits in the low end, the first octet highest
/// @param faults   the faults that keep this director from serving, as sentences; empty for none
public record GroupLinks(int ifindex, Map<String, Long> macs, List<String> faults) {
    public GroupLinks {
        macs = Map.copyOf(macs);
        faults = List.copyOf(faults);
    }
}
