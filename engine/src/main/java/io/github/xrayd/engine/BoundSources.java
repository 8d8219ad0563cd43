package io.github.xrayd.engine;

import io.github.xrayd.engine.http.PortLimits;
import io.github.xrayd.engine.receive.KernelDrops;
import io.github.xrayd.engine.receive.UdpSocket;
import io.github.xrayd.engine.receive.UdpSource;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.source.SourceConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    /** The UDP address. */
    InetSocketAddress udpAddress() {
        return sockets.get(0).localAddress();
    }

    /** Where the others can be reached that have an address, in the order of the configuration. */
    List<InetSocketAddress> addresses() {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (Source source : sources) {
            InetSocketAddress address = source.address();
            if (address != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    /** What the TCP port takes beside the ports of sources. */
    PortLimits portLimits() {
        return PortLimits.TCP_PORT.among(1 + addresses().size());
    }

    /** Why one cannot take anything any more, or null while all can. */
    @Nullable
    String problem() {
        for (Source source : sources) {
            String problem = source.problem();
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    /**
     * Datagrams the kernel dropped for want of buffer since the sockets were bound, or -1 when this system does not
     * tell.
     */
    long kernelDrops() {
        long lastDrops = sockets.stream().mapToLong(UdpSocket::lastDrops).max().orElse(-1);
        long drops =
                lastDrops >= 0 ? lastDrops : KernelDrops.ofPort(udpAddress().getPort());
        long counted = sockets.stream().mapToLong(UdpSocket::kernelDrops).sum();
        return counted > 0 ? Math.max(counted, drops) : drops;
    }

    /** The receive buffer that the kernel granted, of all sockets, in bytes. */
    long receiveBufferBytes() {
        return sockets.stream().mapToLong(UdpSocket::grantedBufferBytes).sum();
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
