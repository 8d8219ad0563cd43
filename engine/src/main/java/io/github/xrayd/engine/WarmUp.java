package io.github.xrayd.engine;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.receive.AdmissionSettings;
import io.github.xrayd.engine.receive.Networks;
import io.github.xrayd.engine.receive.UdpSocket;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.DutyThread;
import io.github.xrayd.engine.run.OwnClasses;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.telemetry.Counter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM compile the data path before the first burst comes: sends made-up segments to a loopback socket of its
 * own and takes them through a small pipeline of its own.
 *
 * <p>Interpreted, a datagram costs so much that a burst at line rate overruns the kernel's buffer (measured: 1,174 of
 * 20,000 lost). Runs once, beside the building of the backend, on a thread that ends; nothing of it is counted or kept.
 */
final class WarmUp implements Runnable {
    static final int DATAGRAMS = 24_000;
    private static final Networks LOOPBACK = Networks.parse("127.0.0.0/8,::1");
    private static final int SENDERS = 4;
    private static final int BURST_MIN = 16;
    private static final int BURST_MAX = 1_500;
    /** What the kernel charges for a datagram of 1 KB, and as much again to be safe. */
    private static final int BYTES_PER_DATAGRAM = 2_304;

    private static final long MEMORY_BYTES = 4L << 20;
    private static final long NS_MAX = 3_000_000_000L;
    private static final long END_MS_MAX = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    /** How long in all it makes way for others' work. */
    private static final long PAUSE_NS_MAX = 400_000_000L;

    private final EngineConfig config;
    private final BooleanSupplier isOthersTurn;
    private long pausedNs;

    /**
     * A warm-up.
     *
     * @param isOthersTurn whether something waits that is worth more than this; asked between bursts, by its thread
     */
    WarmUp(EngineConfig config, BooleanSupplier isOthersTurn) {
        this.isOthersTurn = isOthersTurn;
        EngineConfig.ReceiveConfig receive = config.receive();
        AdmissionSettings admission = receive.admission();
        this.config = new EngineConfig(
                receive.admitting(admission == null ? null : admission.from(LOOPBACK)),
                List.of(),
                MEMORY_BYTES,
                List.of(renamed(config.destinations().get(0))),
                null,
                null,
                config.telemetry(),
                EngineConfig.AdminConfig.DEFAULT);
    }

    /** The first destination under a name that flight recordings tell apart. */
    private static EngineConfig.DestinationConfig renamed(EngineConfig.DestinationConfig first) {
        return new EngineConfig.DestinationConfig(
                "warm-up",
                first.kind(),
                first.batch(),
                first.concurrencyMax(),
                first.retryAgeMax(),
                first.deadLetters(),
                first.spool());
    }

    @Override
    public void run() {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        EngineConfig.ReceiveConfig receive = config.receive();
        boolean isNative = receive.receivePath() != EngineConfig.ReceivePath.NIO;
        try {
            UdpSocket socket =
                    UdpSocket.bind(any, receive.receiveBufferBytes(), false, isNative, receive.admission() != null);
            long startedNs = System.nanoTime();
            long count = run(socket);
            LOG.debug("Warmed up with {} datagrams in {} ms", count, (System.nanoTime() - startedNs) / 1_000_000);
        } catch (IOException | StartException | RuntimeException | OutOfMemoryError e) {
            LOG.debug("Not warmed up: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Last: a burst may come at any moment, an upgrade of the jars will not.
        loadClasses();
    }

    private static void loadClasses() {
        try {
            // The log's own are few, and each way of writing a line takes another one of them.
            LOG.debug("Loaded {} classes", OwnClasses.load(Engine.class) + OwnClasses.load(Logger.class));
        } catch (IOException | RuntimeException e) {
            LOG.debug("Classes not loaded: {}", e.toString());
        }
    }

    private long run(UdpSocket socket) throws IOException, StartException, InterruptedException {
        MemoryBudget budget = MemoryBudget.of(
                MEMORY_BYTES, 1, config.destinations().get(0).batch().bytesMax());
        CachedNanoClock clock = new CachedNanoClock();
        Shutdown shutdown = new Shutdown();
        Pipeline pipeline = new Pipeline(socket, budget, config, shutdown, clock, SystemNanoClock.INSTANCE);
        Waiter waiter = new Waiter(pipeline.source().place(), Waiter.BLOCK_MS_MAX);
        // The same thread and duties as the real ones: what is compiled for others would be thrown away at the first
        // datagram.
        DutyThread thread = new DutyThread(
                "warm-up-receiver",
                List.of(
                        pipeline.sourceDuty(),
                        pipeline.validatorDuty(),
                        pipeline.lanes().get(0).duty(),
                        new Settling(pipeline.lanes().get(0))),
                clock,
                new WaitPolicy(config.receive().waitStrategy(), socket.grantedBufferBytes(), 1),
                waiter,
                e -> LOG.debug("Warming up failed: {}", e.toString()));
        thread.start();
        List<UdpSocket> senders = new ArrayList<>();
        try {
            // Several, as for a fleet: a change of sender takes another way through the JDK.
            for (int i = 0; i < SENDERS; i++) {
                senders.add(
                        UdpSocket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0, false, false));
            }
            send(socket, senders, pipeline);
        } finally {
            Sockets.close(senders);
            shutdown.drain();
            waiter.wake();
            thread.join(END_MS_MAX);
        }
        if (!thread.thread().isAlive()) {
            pipeline.free();
            // Not while that thread may read from it: its descriptor would become another file's.
            socket.close();
        }
        return pipeline.lanes().get(0).counters().get(Counter.BATCHED);
    }

    /** Small and large bursts in turn, none beyond what the socket's buffer holds. */
    private void send(UdpSocket socket, List<UdpSocket> senders, Pipeline pipeline) throws IOException {
        byte[][] datagrams = datagrams();
        int burstMax = Math.max(BURST_MIN, Math.min(BURST_MAX, socket.grantedBufferBytes() / BYTES_PER_DATAGRAM));
        int sent = 0;
        long deadlineNs = System.nanoTime() + NS_MAX;
        for (int burst = BURST_MIN;
                sent < DATAGRAMS;
                burst = burst >= burstMax ? BURST_MIN : Math.min(burstMax, burst * 4)) {
            for (int i = 0; i < burst; i++) {
                // Now and then the same sender twice: that is yet another way through the JDK.
                senders.get(i / 3 % SENDERS).send(datagrams[i % datagrams.length], socket.localAddress());
            }
            sent += burst;
            makeWay();
            while (pipeline.lanes().get(0).counters().get(Counter.BATCHED) < sent) {
                if (System.nanoTime() - deadlineNs > 0) {
                    return;
                }
                LockSupport.parkNanos(50_000);
            }
        }
    }

    private void makeWay() {
        while (pausedNs < PAUSE_NS_MAX && isOthersTurn.getAsBoolean()) {
            long startedNs = System.nanoTime();
            LockSupport.parkNanos(1_000_000);
            pausedNs += System.nanoTime() - startedNs;
        }
    }

    /** Stands where the uploader stands: takes sealed batches and settles them. */
    private record Settling(BatchLane lane) implements Duty {
        @Override
        public int doWork() {
            int count = 0;
            Batch batch;
            while ((batch = lane.sealed().poll()) != null) {
                batch.settle(batch.unsettled());
                count++;
            }
            return count;
        }

        @Override
        public boolean isDone() {
            return lane.isDone() && lane.sealed().isEmpty();
        }

        @Override
        public String roleName() {
            return "settling";
        }
    }

    /**
     * Segments as SDKs send them: a quote every ten bytes, some UTF-8, about 1 KB; every alignment of what ends them.
     */
    private static byte[][] datagrams() {
        byte[][] datagrams = new byte[2 * Long.BYTES][];
        for (int i = 0; i < datagrams.length; i++) {
            StringBuilder text = new StringBuilder("{\"format\": \"json\", \"version\": 1}\n{\"trace_id\":"
                    + "\"1-00000000-000000000000000000000000\",\"id\":\"0000000000000000\",\"name\":\"warm-up\","
                    + "\"start_time\":1.0E9,\"end_time\":1.1E9,\"metadata\":{\"text\":\"\u00e9\u4e2d\n\"");
            while (text.length() < 1_000 + i) {
                text.append(",\"key\":\"a value\"");
            }
            text.append(",\"")
                    .append("x".repeat(i % Long.BYTES))
                    .append(i < Long.BYTES ? "\":\"\u00e9\"}}" : "\":1}}\n");
            datagrams[i] = text.toString().getBytes(StandardCharsets.UTF_8);
        }
        return datagrams;
    }
}
