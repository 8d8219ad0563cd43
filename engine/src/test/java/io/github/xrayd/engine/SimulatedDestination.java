package io.github.xrayd.engine;

import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.spool.ScriptedDisk;
import io.github.xrayd.engine.spool.SpoolSettings;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One destination of the simulated daemon: its service, its disk and their faults, and what all processes have done for
 * it.
 */
final class SimulatedDestination {
    /** What may happen to the spool's disk, beside crashes of the process. */
    enum DiskWeather {
        NO_SPOOL,
        GOOD,
        /** The power fails; every record is synced. */
        POWER_LOSSES,
        /** Full, read-only, failing, with short writes. */
        ERRORS,
        /** The directory goes away; the next process may find it again, or another. */
        VANISHING
    }

    private final Random random;
    final SimulatedBackend backend;
    final ScriptedDisk disk;
    private final DiskWeather diskWeather;
    final @Nullable SpoolSettings spool;
    /** Whether a proxy turns some documents away, until the faults end. */
    private final boolean isGuarded;

    /** Whether nothing stands in its way while the process ends. */
    boolean isFair;

    final Set<String> delivered = new HashSet<>();
    final Set<String> turnedAway = new HashSet<>();
    final Set<String> stored = new HashSet<>();
    /** Documents abandoned, and dropped for this destination alone. */
    long givenUp;
    /** Documents that may have gone away with the directory, after the process that counted them. */
    long vanished;

    SimulatedDestination(Random random, DiskWeather diskWeather) {
        this.random = random;
        this.diskWeather = diskWeather;
        backend = new SimulatedBackend(random);
        disk = new ScriptedDisk(random);
        // What the spool stored since its last sync may be lost with the power, so such a disk forces every write
        // itself.
        disk.isWriteThrough = diskWeather == DiskWeather.POWER_LOSSES;
        // Half of the spools are so small that they fill.
        long bytesMax = random.nextBoolean() ? 256 << 10 : 64 << 20;
        spool = diskWeather == DiskWeather.NO_SPOOL
                ? null
                : new SpoolSettings(Path.of("scripted"), bytesMax, 64 << 10, BodyEncoding.XRAY_JSON);
        isGuarded = random.nextInt(3) == 0;
    }

    boolean isVanishing() {
        return diskWeather == DiskWeather.VANISHING;
    }

    /** What this service will do with a document that is about to arrive. */
    void onArrival(String id, boolean isBroken) {
        if (random.nextInt(200) == 0) {
            backend.poisoned.add(id);
        }
        if (isBroken) {
            backend.broken.add(id);
        }
        if (isGuarded && random.nextInt(100) == 0) {
            backend.forbidden.add(id);
        }
    }

    /**
     * The disk's weather turns.
     *
     * @param isMortal whether the process may die
     */
    void turnDisk(boolean isMortal) {
        if (spool == null) {
            return;
        }
        if (isMortal && random.nextInt(3) == 0) {
            // Dies at once, or in one of the next operations on the disk.
            disk.crashIn = random.nextInt(30);
            if (disk.crashIn < 5) {
                throw new ScriptedDisk.Crash();
            }
        } else if (diskWeather == DiskWeather.ERRORS) {
            disk.errorChance = random.nextInt(3) == 0 ? random.nextDouble() * 0.5 : 0;
            disk.shortChance = random.nextInt(3) == 0 ? 0.5 : 0;
            disk.isReadOnly = random.nextInt(6) == 0;
            disk.capacity = random.nextInt(4) == 0 ? random.nextInt(1 << 20) : Long.MAX_VALUE;
        } else if (diskWeather == DiskWeather.VANISHING) {
            switch (random.nextInt(3)) {
                case 0 -> disk.isGone = !disk.isGone;
                case 1 -> disk.takeAway();
                default -> disk.giveBack();
            }
        }
    }

    /** The process is gone, as by {@code kill -9}, or with the power. */
    void crash() {
        if (diskWeather == DiskWeather.POWER_LOSSES && random.nextBoolean()) {
            disk.losePower();
        } else {
            disk.endProcess();
        }
    }

    /** All faults end. */
    void mend() {
        backend.weather = SimulatedBackend.Weather.FAIR;
        backend.forbidden.clear();
        disk.errorChance = 0;
        disk.shortChance = 0;
        disk.isReadOnly = false;
        disk.isGone = false;
        disk.capacity = Long.MAX_VALUE;
    }

    /**
     * Compares what came in with what came out.
     *
     * @param received every document that any process has received
     * @param inMemoryAtCrash those that a process had received which crashed
     */
    void checkNothingIsMissing(Set<String> received, Set<String> inMemoryAtCrash) {
        Set<String> missing = new HashSet<>(received);
        missing.removeAll(delivered);
        missing.removeAll(turnedAway);
        if (!isVanishing()) {
            for (String id : missing) {
                if (stored.contains(id)) {
                    throw new AssertionError(id + " was on disk and is lost");
                }
            }
        }
        missing.removeAll(inMemoryAtCrash);
        if (missing.size() > givenUp + vanished) {
            throw new AssertionError(missing.size() + " documents are missing, " + givenUp + " were given up");
        }
    }
}
