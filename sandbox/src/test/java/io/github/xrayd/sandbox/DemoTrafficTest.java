package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DemoTrafficTest {
    @Test
    void shouldSendSegmentsFromSeveralSockets() throws Exception {
        try (DatagramSocket daemon = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            daemon.setSoTimeout(5_000);
            Set<Integer> ports = new HashSet<>();
            DemoTraffic traffic = DemoTraffic.start(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), daemon.getLocalPort()), 500, 1);
            try (traffic) {
                for (int i = 0; i < 100; i++) {
                    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
                    daemon.receive(packet);
                    ports.add(packet.getPort());
                    String datagram = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
                    assertTrue(datagram.startsWith("{\"format\": \"json\", \"version\": 1}\n{"), datagram);
                    assertNull(DocumentCheck.refusal(datagram.substring(datagram.indexOf('\n') + 1)), datagram);
                }
            }
            assertTrue(traffic.datagrams() >= 100);
            assertEquals(4, ports.size());
        }
    }

    @Test
    void shouldMakeLinkedTracesWithEveryKindOfTrouble() {
        TraceStore store = new TraceStore(64 << 20);
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            DemoTrace.documents(random, 1_795_239_612 + i).forEach(document -> store.add(document, 0));
        }
        boolean[] seen = new boolean[4];
        ServiceGraph graph = new ServiceGraph();
        store.forEachTrace(trace -> {
            graph.add(trace);
            seen[0] |= trace.root().isFault();
            seen[1] |= trace.root().isError() && !trace.root().isThrottle();
            seen[2] |= trace.root().isThrottle();
            seen[3] |= trace.segments().size() == 4;
            assertEquals("shop-frontend", trace.root().name());
        });
        for (boolean isSeen : seen) {
            assertTrue(isSeen);
        }
        assertTrue(graph.hasEdge(
                from -> from.name().equals("orders"), to -> to.name().equals("payment")));
        assertTrue(graph.hasEdge(from -> from.name().equals("payment"), to -> "Database::SQL".equals(to.type())));
        assertTrue(graph.hasEdge(
                from -> from.name().equals("inventory"), to -> to.name().equals("stock")));
    }

    @Test
    void shouldMakeTheSameTracesFromTheSameSeed() {
        assertEquals(DemoTrace.documents(new Random(3), 1e9), DemoTrace.documents(new Random(3), 1e9));
    }
}
