package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * While the endpoint is away or ill for seconds nothing is lost, and nothing arrives twice but what it took without
 * saying so.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class FaultIT {
    private static final Duration ILL = Duration.ofSeconds(3);
    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final int COUNT = 2_000;
    private static final int RATE = 500;

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("500", Fault.status(500, "InternalFailure"), 0),
                Arguments.of("429", Fault.status(429, "ThrottledException"), 0),
                Arguments.of("connections closed unread", Fault.dropBefore(), 0),
                // It takes the documents and never says so: they must be sent again.
                Arguments.of("no answer", Fault.hang(ILL).stored(true), COUNT),
                Arguments.of("wrong JSON", Fault.wrongJson(), COUNT));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void shouldLoseNothingWhenTheEndpointIsIll(String name, Fault fault, int duplicatesMax) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint())) {
            daemon.awaitReady();
            sandbox.faults().set(fault.between(Duration.ZERO, ILL));
            Load load = Load.run(sandbox, load(daemon), SETTLE);
            assertNothingLost(name, load, daemon, duplicatesMax);
        }
    }

    private static LoadConfig load(DaemonProcess daemon) {
        return LoadConfig.to(daemon.udp())
                .ratePerSecond(RATE)
                .count(COUNT)
                .sources(4)
                .build();
    }

    private static void assertNothingLost(String name, Load load, DaemonProcess daemon, int duplicatesMax)
            throws Exception {
        DaemonLedger ledger = daemon.stop();
        System.out.printf("FaultIT, %s: %s%n", name, load.text());
        load.assertBalanced(ledger);
        assertEquals(0, load.verification().lost(), () -> ledger + daemon.output());
        assertEquals(0, ledger.undelivered(), ledger::toString);
        long duplicated = load.verification().duplicated();
        assertTrue(duplicated <= duplicatesMax, () -> duplicated + " duplicated" + daemon.output());
    }

    @Test
    void shouldLoseNothingWhenTheEndpointRefusesConnections() throws Exception {
        int port;
        try (ServerSocket reserved = new ServerSocket(0)) {
            port = reserved.getLocalPort();
        }
        try (DaemonProcess daemon = Installed.start(URI.create("http://127.0.0.1:" + port));
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                sent.add("{\"name\":\"refused\",\"id\":\"" + i + "\"}");
                datagrams.sendDocument(sent.get(i));
            }
            long startNanoTime = System.nanoTime();
            Await.until("3 s have passed", Await.LONG, () -> System.nanoTime() - startNanoTime > ILL.toNanos());
            try (Sandbox sandbox =
                    Sandbox.start(SandboxConfig.builder().port(port).build())) {
                Arrived.at(sandbox).assertSame(sent, daemon);
                DaemonLedger ledger = daemon.stop();
                assertEquals(COUNT, ledger.delivered());
                assertEquals(0, ledger.undelivered());
            }
        }
    }
}
