package io.github.xrayd.engine;

import io.github.xrayd.engine.receive.UdpSocket;
import io.github.xrayd.engine.receive.UdpSource;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.source.SourceConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources of an engine, bound: what they need of the system is theirs.
 *
 * @param sockets of the UDP sources
 * @param sources those of the UDP sockets first, then the others in the order of the configuration
 */
record BoundSources(List<UdpSocket> sockets, List<Source> sources) {
    private static final Logger LOG = LoggerFactory.getLogger(BoundSources.class);

    /**
     * Binds all that are configured.
     *
     * @throws StartException when one cannot be bound; then none is
     */
    static BoundSources of(EngineConfig config) throws StartException {
        List<UdpSocket> sockets = Sockets.bind(config.receive());
        List<Source> sources = new ArrayList<>();
        sockets.forEach(
                socket -> sources.add(new UdpSource(socket, config.receive().admission())));
        BoundSources bound = new BoundSources(sockets, sources);
        try {
            for (SourceConfig source : config.sources()) {
                sources.add(source.bind());
            }
            return bound;
        } catch (IOException | RuntimeException e) {
            bound.close();
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    void close() {
        for (Source source : sources) {
            try {
                source.close();
            } catch (RuntimeException e) {
                LOG.debug("Closing the {} source failed: {}", source.name(), e.toString());
            }
        }
    }
}
