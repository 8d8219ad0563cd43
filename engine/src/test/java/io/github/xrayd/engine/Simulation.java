package io.github.xrayd.engine;

import io.github.xrayd.engine.spool.ScriptedDisk;
import io.github.xrayd.engine.spool.SpoolEncoding;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Ledger;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * The whole data path on one thread with a scripted clock, socket, backend and disk, driven by a seed; with a spool, also through crashes
 * and restarts.
 *
 * <p>At the end a last process delivers in fair weather what is left, and every document that was ever received must have been delivered,
 * turned away by the service, counted as given up, or been in memory when its process crashed.
 */
final class Simulation {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    private static final long MS = 1_000_000L;
    private static final int PATIENCE_FAIR = 30_000;
    private static final int PATIENCE_FOUL = 500;
    private static final String[] GARBAGE = {"", "x", "no header\n{}", HEADER, "{\"format\":\"xml\",\"version\":1}\n{}"
    };

    /** What may happen to the spool's disk, beside crashes of the process. */
    private enum DiskWeather {
        NO_SPOOL,
        GOOD,
        /** The power fails; every record is synced. */
        POWER_LOSSES,
        /** Full, read-only, failing, with short writes. */
        ERRORS,
        /** The directory goes away and comes back. */
        VANISHING
    }

    private final Random random;
    private final CachedNanoClock clock = new CachedNanoClock();
    private final ScriptedSource source = new ScriptedSource();
    private final SimulatedBackend backend;
    private final ScriptedDisk disk;
    private final DiskWeather diskWeather;
    private final @Nullable SpoolSettings spool;
    private final boolean isFlood;
    /** Whether a proxy turns some documents away, until the faults end. */
    private final boolean isGuarded;

    private final Set<String> received = new HashSet<>();
    private final Set<String> delivered = new HashSet<>();
    private final Set<String> turnedAway = new HashSet<>();
    private final Set<String> stored = new HashSet<>();
    private final Set<String> inMemoryAtCrash = new HashSet<>();
    private long abandoned;
    private long nextId;
    private SimulatedLife life;

    Simulation(long seed) throws StartException {
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        clock.update(100_000_000 * MS);
        backend = new SimulatedBackend(random);
        disk = new ScriptedDisk(random);
        diskWeather = DiskWeather.values()[(int) Math.floorMod(seed, (long) DiskWeather.values().length)];
        // What the spool stored since its last sync may be lost with the power, so such a disk forces every write
        // itself.
        disk.isWriteThrough = diskWeather == DiskWeather.POWER_LOSSES;
        // Half of the spools are so small that they fill.
        long bytesMax = random.nextBoolean() ? 256 << 10 : 64 << 20;
        spool = diskWeather == DiskWeather.NO_SPOOL
                ? null
                : new SpoolSettings(Path.of("scripted"), bytesMax, 64 << 10, SpoolEncoding.XRAY_JSON);
        isFlood = random.nextInt(3) == 0;
        isGuarded = random.nextInt(3) == 0;
        life = begin();
    }

    private SimulatedLife begin() throws StartException {
        return new SimulatedLife(random, clock, source, backend, spool, disk, diskWeather == DiskWeather.VANISHING);
    }

    /** One random step: time passes, datagrams come, the weather turns, some stage has its turn, the process dies. */
    void step() throws StartException {
        try {
            int dice = random.nextInt(100);
            if (dice < 20) {
                arrive(1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 20));
            } else if (dice < 22) {
                backend.turn();
            } else if (dice == 22) {
                life.calls().isReady = random.nextInt(4) != 0;
            } else if (dice == 23) {
                source.isBroken = !source.isBroken;
            } else if (dice < 27) {
                turnDisk();
            } else if (dice < 42) {
                clock.advance(random.nextInt(20) == 0 ? random.nextInt(5_000) * MS : random.nextInt(5) * MS);
            } else {
                life.turn(random.nextInt(5));
            }
            life.check();
        } catch (ScriptedDisk.Crash e) {
            crash();
        }
    }

    private void turnDisk() {
        if (spool == null) {
            return;
        }
        if (diskWeather != DiskWeather.VANISHING && random.nextInt(3) == 0) {
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

    private void arrive(int count) {
        for (int i = 0; i < count; i++) {
            if (random.nextInt(20) == 0) {
                source.waiting.add(GARBAGE[random.nextInt(GARBAGE.length)]);
                continue;
            }
            String id = String.format("%016x", nextId++);
            if (random.nextInt(200) == 0) {
                backend.poisoned.add(id);
            }
            boolean isLarge = random.nextInt(isFlood ? 10 : 40) == 0;
            int padding = isLarge ? random.nextInt(40_000) : random.nextInt(300);
            boolean isBroken = random.nextInt(100) == 0;
            if (isBroken) {
                backend.broken.add(id);
            }
            if (isGuarded && random.nextInt(100) == 0) {
                backend.forbidden.add(id);
            }
            source.waiting.add(HEADER + "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"" + id
                    + "\",\"pad\":\"" + "\u00e9 pad".repeat(padding / 6) + (isBroken ? "\"" : "\"}"));
        }
    }

    /** The process is gone, as by {@code kill -9}, or with the power; the next one begins on what the disk has. */
    private void crash() throws StartException {
        life.check();
        account();
        inMemoryAtCrash.addAll(life.taken);
        life.close();
        if (diskWeather == DiskWeather.POWER_LOSSES && random.nextBoolean()) {
            disk.losePower();
        } else {
            disk.endProcess();
        }
        life = begin();
    }

    /** Takes over what this process knew. */
    private void account() {
        received.addAll(life.taken);
        delivered.addAll(life.delivered);
        turnedAway.addAll(life.lost);
        stored.addAll(life.stored());
        abandoned += life.ledger().abandonedTotal();
    }

    /** Ends this process, and has another one deliver what is left in fair weather. */
    void finish(boolean isFair) throws StartException {
        disk.crashIn = -1;
        source.isBroken = false;
        if (isFair) {
            mend();
        }
        life.finish(isFair, isFair ? PATIENCE_FAIR : PATIENCE_FOUL);
        account();
        long left = life.ledger().spooled();
        if (spool != null) {
            mend();
            if (!isFair) {
                endHalfWay();
            }
            next();
            life.empty(PATIENCE_FAIR);
            life.finish(true, PATIENCE_FAIR);
            account();
            Ledger ledger = life.ledger();
            SimulatedLife.require(
                    ledger.spooled() == 0 || diskWeather == DiskWeather.VANISHING, "the disk is empty", ledger);
        }
        checkNothingIsMissing(diskWeather == DiskWeather.VANISHING ? left : 0);
    }

    /** A process that ends while records from the disk are half delivered. */
    private void endHalfWay() throws StartException {
        next();
        backend.weather = SimulatedBackend.Weather.UNPROCESSED;
        life.empty(random.nextInt(20));
        life.finish(false, random.nextInt(20));
        account();
        backend.weather = SimulatedBackend.Weather.FAIR;
    }

    /** The next process begins, on what the last one left. */
    private void next() throws StartException {
        disk.endProcess();
        life.close();
        life = begin();
    }

    private void mend() {
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
     * @param vanished how many documents may have gone away with the directory, after the process that counted them
     */
    private void checkNothingIsMissing(long vanished) {
        Set<String> missing = new HashSet<>(received);
        missing.removeAll(delivered);
        missing.removeAll(turnedAway);
        if (diskWeather != DiskWeather.VANISHING) {
            for (String id : missing) {
                if (stored.contains(id)) {
                    throw new AssertionError(id + " was on disk and is lost");
                }
            }
        }
        missing.removeAll(inMemoryAtCrash);
        if (missing.size() > abandoned + vanished) {
            throw new AssertionError(missing.size() + " documents are missing, " + abandoned + " were given up");
        }
    }

    void close() {
        life.close();
    }
}
