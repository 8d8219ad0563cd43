package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A signal drains the daemon: what is held goes up, or the end says what did not. */
@EnabledOnOs(OS.LINUX)
@Timeout(90)
class ShutdownIT {
    private static final int COUNT = 300;

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void shouldDeliverWhatWasSentJustBeforeTheSignal(String signal) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            List<String> sent = send(datagrams, "signal-" + signal);
            daemon.signal(signal);
            assertEquals(0, daemon.awaitExit(Await.LONG), daemon::output);
            arrived.assertSame(sent, daemon);
            assertEquals(new DaemonLedger(COUNT, 0, COUNT, nothing(), Map.of(), 0, 0), daemon.ledger());
        }
    }

    @Test
    void shouldEndInTimeAndSayWhatWasNotDeliveredWhenTheEndpointHangs() throws Exception {
        Duration timeout = Duration.ofSeconds(2);
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon =
                        Installed.start(sandbox.endpoint(), "--shutdown-timeout", timeout.toMillis() + "ms");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            sandbox.faults().set(Fault.hang(Duration.ofSeconds(60)));
            daemon.awaitReady();
            send(datagrams, "hang");
            datagrams.awaitRead();
            long startNanoTime = System.nanoTime();
            daemon.signal("TERM");
            assertEquals(0, daemon.awaitExit(Await.LONG), daemon::output);
            Duration taken = Duration.ofNanos(System.nanoTime() - startNanoTime);
            System.out.printf("ShutdownIT: %d ms to the end with --shutdown-timeout 2s%n", taken.toMillis());
            // Far below what the calls would take, and far above what is promised, for machines that do much else.
            assertTrue(taken.compareTo(timeout.plusSeconds(15)) <= 0, () -> taken + daemon.output());
            DaemonLedger ledger = daemon.ledger();
            assertTrue(ledger.isBalanced(), ledger::toString);
            assertEquals(COUNT, ledger.received());
            assertEquals(COUNT, ledger.total("abandoned"), ledger::toString);
        }
    }

    @Test
    void shouldEndAtOnceOnASecondSignal() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "--shutdown-timeout", "60s");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            sandbox.faults().set(Fault.hang(Duration.ofSeconds(60)));
            daemon.awaitReady();
            send(datagrams, "hurry");
            datagrams.awaitRead();
            daemon.signal("TERM");
            daemon.awaitLine(line -> line.contains("Got shutdown signal: terminated"));
            assertTrue(daemon.isAlive());
            long startNanoTime = System.nanoTime();
            daemon.signal("TERM");
            assertEquals(0, daemon.awaitExit(Await.LONG), daemon::output);
            Duration taken = Duration.ofNanos(System.nanoTime() - startNanoTime);
            System.out.printf("ShutdownIT: %d ms to the end after a second SIGTERM%n", taken.toMillis());
            assertTrue(taken.compareTo(Duration.ofSeconds(20)) <= 0, () -> taken + daemon.output());
            DaemonLedger ledger = daemon.ledger();
            assertTrue(ledger.isBalanced(), ledger::toString);
            assertEquals(COUNT, ledger.total("abandoned"), ledger::toString);
        }
    }

    /**
     * Slow uploads, and senders that know nothing of the end: each datagram that was sent without an error is in the
     * ledger.
     */
    @ParameterizedTest
    @ValueSource(strings = {"0s", "1s"})
    void shouldCountAllThatIsSentUntilSendersGetAnError(String linger) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "--linger", linger);
                DatagramChannel sender = DatagramChannel.open().connect(daemon.udp())) {
            sandbox.faults().set(Fault.latency(Duration.ofMillis(100)));
            daemon.awaitReady();
            byte[] document = (Datagrams.HEADER + "{\"name\":\"until\"}").getBytes(StandardCharsets.UTF_8);
            int sent = 0;
            boolean isTold = false;
            while (!isTold) {
                if (sent == COUNT) {
                    daemon.signal("TERM");
                }
                try {
                    sender.write(ByteBuffer.wrap(document));
                    sent++;
                } catch (PortUnreachableException e) {
                    isTold = true;
                }
                // Slower at the end, so that a thread that waits for the processor misses few.
                LockSupport.parkNanos(sent < COUNT ? 100_000 : 2_000_000);
            }
            assertEquals(0, daemon.awaitExit(Await.LONG), daemon::output);
            DaemonLedger ledger = daemon.ledger();
            long missing = sent - ledger.received() - ledger.kernelDrops();
            // The error is told by the send after the one that failed. Without system calls of its own the daemon has
            // some microseconds between its last look and the closing.
            boolean isExact = daemon.lines().stream().anyMatch(line -> line.contains("recvmmsg"));
            assertTrue(missing <= (isExact ? 1 : 3), () -> missing + " are missing in " + ledger);
            assertTrue(ledger.isBalanced(), ledger::toString);
            assertEquals(0, ledger.undelivered(), ledger::toString);
        }
    }

    private static Map<String, Long> nothing() {
        return Map.of(
                "rejected",
                0L,
                "dropped",
                0L,
                "unprocessed",
                0L,
                "refused",
                0L,
                "spooled",
                0L,
                "abandoned",
                0L,
                "held",
                0L);
    }

    private static List<String> send(Datagrams datagrams, String name) throws Exception {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            String document = "{\"name\":\"" + name + "\",\"id\":\"" + i + "\"}";
            sent.add(document);
            datagrams.sendDocument(document);
        }
        return sent;
    }
}
