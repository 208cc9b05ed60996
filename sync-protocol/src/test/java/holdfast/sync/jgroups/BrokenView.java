package holdfast.sync.jgroups;

import java.lang.reflect.Field;
import org.jgroups.JChannel;
import org.jgroups.View;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.pbcast.GMS;

/// Puts a channel into the state that a forged LEAVE or an unlucky start leaves behind: alone in its view, for good.
public final class BrokenView {
    private BrokenView() {}

    public static void isolate(GroupChannel of) throws ReflectiveOperationException {
        JChannel channel = channel(of);
        channel.getProtocolStack().removeProtocol(MERGE3.class);
        GMS membership = channel.getProtocolStack().findProtocol(GMS.class);
        membership.installView(View.create(channel.getAddress(), 1000, channel.getAddress()));
    }

    public static int members(GroupChannel of) throws ReflectiveOperationException {
        View view = channel(of).getView();
        return view == null ? 0 : view.size();
    }

    private static JChannel channel(GroupChannel of) throws ReflectiveOperationException {
        Field field = GroupChannel.class.getDeclaredField("channel");
        field.setAccessible(true);
        return (JChannel) field.get(of);
    }
}
