package io.github.xrayd.engine.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostCheckTest {
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2000);
    private static final InetSocketAddress EVERYWHERE = new InetSocketAddress(2000);

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:2000, true, true",
        "[::1]:2000, true, true",
        "[::1], true, true",
        "10.1.2.3, true, true",
        "localhost:2000, true, true",
        "LOCALHOST., true, true",
        "a.localhost, true, true",
        "xray-daemon:2000, true, true",
        "xray-service.default:2000, false, true",
        "xray.prod.svc.cluster.local:2000, false, true",
        "ip-10-0-0-1.eu-west-1.compute.internal, false, true",
        "evil.example, false, false",
        "evil.example:2000, false, false",
        "127.0.0.1.evil.example, false, false",
        "localhost.evil.example:2000, false, false",
        "evil.example:localhost, false, false",
        "1.2.3.4.5, false, false",
        "127.0.0.x, false, false",
        "user@localhost.evil.example, false, false",
    })
    void shouldTakeNamesThatNobodyCanRebind(String host, boolean isTakenOnLoopback, boolean isTakenElsewhere) {
        assertEquals(isTakenOnLoopback, new HostCheck(LOOPBACK, List.of()).isAllowed(host));
        assertEquals(isTakenElsewhere, new HostCheck(EVERYWHERE, List.of()).isAllowed(host));
    }

    @Test
    void shouldTakeConfiguredNames() {
        HostCheck hosts = new HostCheck(LOOPBACK, List.of("Xray.example.com"));
        assertTrue(hosts.isAllowed("xray.example.com:2000"));
        assertEquals(false, hosts.isAllowed("other.example.com"));
        assertTrue(new HostCheck(LOOPBACK, List.of("*")).isAllowed("other.example.com"));
    }
}
