package holdfast.fleet.hazelcast;

import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.server.ServerContext;
import java.util.function.Function;

/// A member of Hazelcast whose connections are sealed.
final class SealedNode extends DefaultNodeContext {
    private final SealedLinks links;

    SealedNode(SealedLinks links) {
        this.links = links;
    }

    @Override
    public NodeExtension createNodeExtension(Node node) {
        return new Extension(node, links);
    }

    private static final class Extension extends DefaultNodeExtension {
        private final SealedLinks links;

        Extension(Node node, SealedLinks links) {
            super(node);
            this.links = links;
        }

        @Override
        public Function<EndpointQualifier, ChannelInitializer> createChannelInitializerFn(ServerContext context) {
            var usual = super.createChannelInitializerFn(context);
            return endpoint -> links.below(usual.apply(endpoint));
        }
    }
}
