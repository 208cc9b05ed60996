package holdfast.metrics.http;

import holdfast.metrics.Pages;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.stream.ChunkedWriteHandler;

/// The pipeline of each connection of a reader, all on one event loop.
@ChannelHandler.Sharable
final class Readers extends ChannelInitializer<Channel> {
    private static final int REQUEST_BYTES_MAX = 8 * 1024;
    private static final int FIRST_BYTES = 256;

    private final Pages pages;
    private final Crowd crowd;

    Readers(Pages pages) {
        this.pages = pages;
        this.crowd = new Crowd(pages.tally());
    }

    @Override
    protected void initChannel(Channel connection) {
        crowd.enter(connection);
        connection
                .pipeline()
                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(REQUEST_BYTES_MAX)
                        .setMaxHeaderSize(REQUEST_BYTES_MAX)
                        .setInitialBufferSize(FIRST_BYTES)))
                .addLast(new HttpObjectAggregator(REQUEST_BYTES_MAX))
                .addLast(new ChunkedWriteHandler())
                .addLast(new Scrape(pages, crowd));
    }
}
