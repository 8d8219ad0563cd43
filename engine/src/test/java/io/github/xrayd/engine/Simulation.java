package io.github.xrayd.engine;

import io.github.xrayd.engine.SimulatedDestination.DiskWeather;
import io.github.xrayd.engine.spool.ScriptedDisk;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.CachedNanoClock;

/**
 * The whole data path on one thread with a scripted clock and scripted sockets, backends and disks, driven by a seed:
 * one or two sources, one to three destinations, each with faults of its own; with a spool, also through crashes and
 * restarts.
 *
 * <p>At the end a last process delivers in fair weather what is left, and for each destination every document that was
 * ever received must have been delivered, turned away by the service, counted as given up, or been in memory when its
 * process crashed.
 */
final class Simulation {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    private static final long MS = 1_000_000L;
    private static final int PATIENCE_FAIR = 30_000;
    /** While one destination is fair and another one is not. */
    private static final int PATIENCE_MIXED = 6_000;

    private static final int PATIENCE_FOUL = 500;
    private static final int SOURCES_MAX = 2;
    private static final int DESTINATIONS_MAX = 3;
    /** Stages of a process with one source and one destination. */
    private static final int STAGES_LEAST = 5;

    private static final String[] GARBAGE = {"", "x", "no header\n{}", HEADER, "{\"format\":\"xml\",\"version\":1}\n{}"
    };

    private final Random random;
    private final CachedNanoClock clock = new CachedNanoClock();
    private final List<ScriptedSource> sources = new ArrayList<>();
    private final List<SimulatedDestination> destinations = new ArrayList<>();
    private final boolean isFlood;
    /**
     * Whether processes may die: not where a directory may be away meanwhile, because nobody could say what was in it.
     */
    private final boolean isMortal;

    private final Set<String> received = new HashSet<>();
    private final Set<String> inMemoryAtCrash = new HashSet<>();
    private long nextId;
    private SimulatedLife life;

    Simulation(long seed) throws StartException {
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        clock.update(100_000_000 * MS);
        DiskWeather[] weathers = DiskWeather.values();
        int sourceCount = 1 + random.nextInt(SOURCES_MAX);
        for (int i = 0; i < sourceCount; i++) {
            sources.add(new ScriptedSource());
        }
        int destinationCount = 1 + random.nextInt(DESTINATIONS_MAX);
        for (int i = 0; i < destinationCount; i++) {
            int weather = i == 0 ? (int) Math.floorMod(seed, (long) weathers.length) : random.nextInt(weathers.length);
            destinations.add(new SimulatedDestination(random, weathers[weather]));
        }
        isFlood = random.nextInt(3) == 0;
        isMortal = destinations.stream().noneMatch(SimulatedDestination::isVanishing);
        life = begin();
    }

    private SimulatedLife begin() throws StartException {
        return new SimulatedLife(random, clock, sources, destinations);
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** One random step: time passes, datagrams come, the weather turns, some stage has its turn, the process dies. */
    void step() throws StartException {
        try {
            int dice = random.nextInt(100);
            if (dice < 20) {
                arrive(any(sources), 1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 20));
            } else if (dice < 22) {
                any(destinations).backend.turn();
            } else if (dice == 22) {
                any(life.deliveries()).calls.isReady = random.nextInt(4) != 0;
            } else if (dice == 23) {
                ScriptedSource source = any(sources);
                source.isBroken = !source.isBroken;
            } else if (dice < 27) {
                any(destinations).turnDisk(isMortal);
            } else if (dice < 42) {
                clock.advance(random.nextInt(20) == 0 ? random.nextInt(5_000) * MS : random.nextInt(5) * MS);
            } else {
                for (int i = 0; i < life.stages() / STAGES_LEAST; i++) {
                    life.turn(random.nextInt(life.stages()));
                }
            }
            life.check();
        } catch (ScriptedDisk.Crash e) {
            crash();
        }
    }

    private void arrive(ScriptedSource source, int count) {
        for (int i = 0; i < count; i++) {
            if (random.nextInt(20) == 0) {
                source.waiting.add(GARBAGE[random.nextInt(GARBAGE.length)]);
                continue;
            }
            String id = String.format("%016x", nextId++);
            boolean isLarge = random.nextInt(isFlood ? 10 : 40) == 0;
            int padding = isLarge ? random.nextInt(40_000) : random.nextInt(300);
            boolean isBroken = random.nextInt(100) == 0;
            destinations.forEach(destination -> destination.onArrival(id, isBroken));
            source.waiting.add(HEADER + "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"" + id
                    + "\",\"pad\":\"" + "\u00e9 pad".repeat(padding / 6) + (isBroken ? "\"" : "\"}"));
        }
    }

    /** The process is gone, and the next one begins on what the disks have. */
    private void crash() throws StartException {
        life.check();
        account();
        inMemoryAtCrash.addAll(life.taken);
        life.close();
        destinations.forEach(SimulatedDestination::crash);
        life = begin();
    }

    private void account() {
        received.addAll(life.taken);
        life.account();
    }

    /**
     * Ends this process, and has another one deliver what is left in fair weather.
     *
     * @param isFair whether all faults end before; else those of some destinations do, where there are several
     */
    void finish(boolean isFair) throws StartException {
        for (SimulatedDestination destination : destinations) {
            destination.disk.crashIn = -1;
            destination.isFair = isFair || (destinations.size() > 1 && random.nextBoolean());
            if (destination.isFair) {
                destination.mend();
            }
        }
        sources.forEach(source -> source.isBroken = false);
        boolean isAnyFair = destinations.stream().anyMatch(destination -> destination.isFair);
        life.finish(isFair ? PATIENCE_FAIR : isAnyFair ? PATIENCE_MIXED : PATIENCE_FOUL);
        account();
        Ledger left = life.ledger();
        for (int i = 0; i < destinations.size(); i++) {
            SimulatedDestination destination = destinations.get(i);
            destination.vanished =
                    destination.isVanishing() ? left.destinations().get(i).spooled() : 0;
        }
        if (destinations.stream().anyMatch(destination -> destination.spool != null)) {
            destinations.forEach(SimulatedDestination::mend);
            if (!isFair) {
                endHalfWay();
            }
            next();
            destinations.forEach(destination -> destination.isFair = true);
            life.empty(PATIENCE_FAIR);
            life.finish(PATIENCE_FAIR);
            account();
            Ledger ledger = life.ledger();
            for (int i = 0; i < destinations.size(); i++) {
                SimulatedLife.require(
                        ledger.destinations().get(i).spooled() == 0
                                || destinations.get(i).isVanishing(),
                        "the disk is empty",
                        ledger);
            }
        }
        destinations.forEach(destination -> destination.checkNothingIsMissing(received, inMemoryAtCrash));
    }

    /** A process that ends while records from the disks are half delivered. */
    private void endHalfWay() throws StartException {
        next();
        for (SimulatedDestination destination : destinations) {
            destination.isFair = false;
            destination.backend.weather = SimulatedBackend.Weather.UNPROCESSED;
        }
        life.empty(random.nextInt(20));
        life.finish(random.nextInt(20));
        account();
        destinations.forEach(destination -> destination.backend.weather = SimulatedBackend.Weather.FAIR);
    }

    /** The next process begins, on what the last one left. */
    private void next() throws StartException {
        destinations.forEach(destination -> destination.disk.endProcess());
        life.close();
        life = begin();
    }

    void close() {
        life.close();
    }
}
