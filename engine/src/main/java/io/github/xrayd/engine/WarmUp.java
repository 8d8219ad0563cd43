package io.github.xrayd.engine;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.receive.UdpSocket;
import io.github.xrayd.engine.telemetry.Counter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.CachedNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM compile the data path before the first burst comes: sends made-up segments to a loopback socket of its own and takes
 * them through a small pipeline of its own.
 *
 * <p>Interpreted, a datagram costs so much that a burst at line rate overruns the kernel's buffer (measured: 1,174 of 20,000 lost).
 * Runs once, beside the building of the backend, on a thread that ends; nothing of it is counted or kept.
 */
final class WarmUp implements Runnable {
    static final int DATAGRAMS = 24_000;
    private static final int WINDOW = 32;
    private static final int IDLE_CYCLES_MAX = 100_000;
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private final EngineConfig config;

    WarmUp(EngineConfig config) {
        this.config = config;
    }

    @Override
    public void run() {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        boolean isNative = config.receivePath() != EngineConfig.ReceivePath.NIO;
        try (UdpSocket socket = UdpSocket.bind(any, 0, false, isNative)) {
            long startedNs = System.nanoTime();
            long count = run(socket);
            LOG.debug("Warmed up with {} datagrams in {} ms", count, (System.nanoTime() - startedNs) / 1_000_000);
        } catch (IOException | StartException | RuntimeException e) {
            LOG.debug("Not warmed up: {}", e.toString());
        }
    }

    private long run(UdpSocket socket) throws IOException, StartException {
        MemoryBudget budget = MemoryBudget.of(EngineConfig.MEMORY_LIMIT_MIN, 1, config.batchBytesMax());
        CachedNanoClock clock = new CachedNanoClock();
        Pipeline pipeline = new Pipeline(socket, budget, config, new Shutdown(), clock, clock);
        try {
            Duty[] duties = {pipeline.receiverDuty(() -> {}), pipeline.validatorDuty(), pipeline.batcherDuty(() -> {})};
            byte[] datagram = datagram();
            int idleCycles = 0;
            for (int sent = 0; sent < DATAGRAMS && idleCycles < IDLE_CYCLES_MAX; ) {
                for (int i = 0; i < WINDOW; i++) {
                    socket.sendToSelf(datagram);
                }
                sent += WINDOW;
                while (pipeline.counters().get(Counter.BATCHED) < sent && idleCycles < IDLE_CYCLES_MAX) {
                    clock.update(System.nanoTime());
                    int work = 0;
                    for (Duty duty : duties) {
                        work += duty.doWork();
                    }
                    idleCycles = work == 0 ? idleCycles + 1 : 0;
                }
                settle(pipeline);
            }
            return pipeline.counters().get(Counter.BATCHED);
        } finally {
            pipeline.free();
        }
    }

    private static void settle(Pipeline pipeline) {
        Batch batch;
        while ((batch = pipeline.sealed().poll()) != null) {
            batch.settle(batch.unsettled());
        }
    }

    /** A segment as SDKs send them: a quote every ten bytes, some UTF-8, 1 KB. */
    private static byte[] datagram() {
        StringBuilder text = new StringBuilder("{\"format\": \"json\", \"version\": 1}\n{\"trace_id\":"
                + "\"1-00000000-000000000000000000000000\",\"id\":\"0000000000000000\",\"name\":\"warm-up\","
                + "\"start_time\":1.0E9,\"end_time\":1.1E9,\"metadata\":{\"text\":\"\u00e9\u4e2d\\n\"");
        while (text.length() < 1_000) {
            text.append(",\"key\":\"a value\"");
        }
        return text.append("}}").toString().getBytes(StandardCharsets.UTF_8);
    }
}
