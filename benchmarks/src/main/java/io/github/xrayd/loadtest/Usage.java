package io.github.xrayd.loadtest;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcFs;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a daemon, this process and the rest of the machine have used up to a moment.
 *
 * @param nanoTime the moment
 * @param daemonNanos processor time of the daemon
 * @param ownNanos processor time of generator and backend, which run in this process
 * @param machineNanos processor time of everything, in which a virtual machine's stolen time counts
 * @param byThread processor time of the daemon's living threads by name
 */
record Usage(
        long nanoTime,
        long daemonNanos,
        long ownNanos,
        long machineNanos,
        Map<String, Long> byThread,
        long requests,
        long bodyBytes) {
    static Usage of(DaemonProcess daemon, Backend backend) throws IOException {
        return new Usage(
                System.nanoTime(),
                ProcFs.cpuNanos(daemon.pid()),
                ProcFs.cpuNanos(ProcessHandle.current().pid()),
                ProcFs.busyNanos(),
                ProcFs.cpuNanosByThread(daemon.pid()),
                backend.requests(),
                backend.bodyBytes());
    }

    double windowSecondsSince(Usage before) {
        return (nanoTime - before.nanoTime) / 1e9;
    }

    /** Processor time of the daemon. */
    double cpuSecondsSince(Usage before) {
        return (daemonNanos - before.daemonNanos) / 1e9;
    }

    /** What was used since {@code before}. */
    Map<String, Object> since(Usage before) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("windowSeconds", windowSecondsSince(before));
        json.put("cpuSeconds", cpuSecondsSince(before));
        json.put("loadTestCpuSeconds", (ownNanos - before.ownNanos) / 1e9);
        long others =
                machineNanos - before.machineNanos - (daemonNanos - before.daemonNanos) - (ownNanos - before.ownNanos);
        json.put("othersCpuSeconds", Math.max(0, others) / 1e9);
        json.put("requests", requests - before.requests);
        json.put("bodyBytes", bodyBytes - before.bodyBytes);
        Map<String, Object> threads = new LinkedHashMap<>();
        byThread.forEach((name, nanos) -> {
            long used = nanos - before.byThread.getOrDefault(name, 0L);
            if (used >= 1_000_000) {
                threads.put(name, used / 1e9);
            }
        });
        json.put("cpuSecondsByThread", threads);
        return json;
    }
}
