package io.github.xrayd.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A Linux control group of its own for one daemon, as a container has: version 1 or 2. Closing removes it. For one
 * thread at a time.
 */
final class ControlGroup implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final long REMOVE_NS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final Path folder;
    private final boolean isV1;

    private ControlGroup(Path folder, boolean isV1) {
        this.folder = folder;
        this.isV1 = isV1;
    }

    /**
     * Makes a group without a limit.
     *
     * @param controller what it is to limit: {@code memory}, {@code cpu}, {@code pids}
     * @throws IOException when this process may not, or the controller is not there
     */
    static ControlGroup create(String controller) throws IOException {
        boolean isV1 = !Files.exists(ROOT.resolve("cgroup.controllers"));
        Path parent = isV1 ? ROOT.resolve(controller) : ROOT;
        Path folder = Files.createDirectory(
                parent.resolve("xray-chaos-" + ProcessHandle.current().pid() + "-" + System.nanoTime()));
        ControlGroup group = new ControlGroup(folder, isV1);
        String file = isV1 && controller.equals("cpu") ? "cpu.cfs_quota_us" : group.limitFile(controller);
        if (!Files.isWritable(folder.resolve(file))) {
            group.close();
            throw new IOException("the controller " + controller + " is not there");
        }
        return group;
    }

    private String limitFile(String controller) {
        return isV1 && controller.equals("memory") ? "memory.limit_in_bytes" : controller + ".max";
    }

    private void write(String file, String value) throws IOException {
        Files.writeString(folder.resolve(file), value);
    }

    /** Limits memory; swap is not given besides. */
    void limitMemory(long megabytes) throws IOException {
        String bytes = Long.toString(megabytes << 20);
        write(limitFile("memory"), bytes);
        String swap = isV1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max";
        if (Files.exists(folder.resolve(swap))) {
            write(swap, isV1 ? bytes : "0");
        }
    }

    /** Limits processor time to a part of one processor. */
    void limitCpu(double processors) throws IOException {
        long periodMicros = 100_000;
        long quotaMicros = Math.round(periodMicros * processors);
        if (isV1) {
            write("cpu.cfs_period_us", Long.toString(periodMicros));
            write("cpu.cfs_quota_us", Long.toString(quotaMicros));
        } else {
            write("cpu.max", quotaMicros + " " + periodMicros);
        }
    }

    /** Gives all the processor time again. */
    void freeCpu() throws IOException {
        write(isV1 ? "cpu.cfs_quota_us" : "cpu.max", isV1 ? "-1" : "max");
    }

    /** Gives its processes no thread more than they have, and {@code more}. */
    void limitThreads(int more) throws IOException {
        long now =
                Long.parseLong(Files.readString(folder.resolve("pids.current")).strip());
        write("pids.max", Long.toString(now + more));
    }

    /** Gives threads without a limit again. */
    void freeThreads() throws IOException {
        write("pids.max", "max");
    }

    /** The program that enters the group and then becomes the command that follows. */
    List<String> wrapper() {
        return List.of("sh", "-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"", folder.toString());
    }

    @Override
    public void close() throws IOException {
        long deadlineNs = System.nanoTime() + REMOVE_NS_MAX;
        while (Files.exists(folder.resolve("cgroup.procs"))
                && !Files.readString(folder.resolve("cgroup.procs")).isEmpty()
                && System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        Files.deleteIfExists(folder);
    }
}
