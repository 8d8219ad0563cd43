package io.github.xrayd.engine;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /info} says: what runs, with which configuration, memory, sockets, threads and destinations; no secrets.
 * Any thread.
 */
final class EngineInfo implements Supplier<Map<String, Object>> {
    private final Engine engine;
    private final DataPathThreads threads;
    private final Instant start = Instant.now();

    EngineInfo(Engine engine, DataPathThreads threads) {
        this.engine = engine;
        this.threads = threads;
    }

    @Override
    public Map<String, Object> get() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", engine.config().admin().version());
        all.put("java", System.getProperty("java.version"));
        all.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        all.put("arch", System.getProperty("os.arch"));
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("pid", ProcessHandle.current().pid());
        all.put("started", start.toString());
        all.put("settings", engine.config().admin().settings());
        all.put("memory", memory());
        all.put("sockets", sockets());
        all.put("threads", threads.progress(System.nanoTime()));
        List<Object> destinations = new ArrayList<>();
        for (RunningDestination destination : engine.destinations()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", destination.name());
            row.put("target", new DestinationView(destination).target());
            row.put("spool", destination.hasSpool());
            destinations.add(row);
        }
        all.put("destinations", destinations);
        return all;
    }

    private Map<String, Object> memory() {
        MemoryBudget budget = engine.memoryBudget();
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("limitBytes", budget.totalBytes());
        memory.put("pipelines", budget.receivers());
        memory.put("arenaBytesEach", budget.arenaBytes());
        memory.put("batchBytesEach", budget.batchBytes());
        memory.put("batchesEach", budget.batchCount());
        memory.put("segmentsOf1Kb", budget.segmentsOf1Kb());
        memory.put("heapMaxBytes", Runtime.getRuntime().maxMemory());
        return memory;
    }

    private Map<String, Object> sockets() {
        Map<String, Object> sockets = new LinkedHashMap<>();
        sockets.put("udp", text(engine.udpAddress()));
        sockets.put("receiveBufferBytes", engine.sources().receiveBufferBytes());
        sockets.put("tcp", text(engine.tcpAddress()));
        sockets.put("pages", text(engine.pagesAddress()));
        return sockets;
    }

    private static @Nullable String text(@Nullable InetSocketAddress address) {
        return address == null ? null : Sockets.text(address.getAddress().getHostAddress(), address.getPort());
    }
}
