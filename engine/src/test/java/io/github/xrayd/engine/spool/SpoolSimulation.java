package io.github.xrayd.engine.spool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.encode.BodyEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One seeded life of a spool: appends, deliveries, crashes, power losses and disk faults, checked against a model. */
final class SpoolSimulation {
    private static final int STEPS = 150;

    /** What the disk does to this life. */
    private enum Weather {
        /** The process dies, also inside operations; the disk is good. */
        KILLS,
        /** The power fails too. */
        POWER_LOSSES,
        /** Operations fail, writes are short, the disk is full or read-only at times; kills and power losses too. */
        ERRORS,
        /** The directory goes away, and comes back or another in its place, for the next process. */
        VANISHING
    }

    /** What must become of a record. */
    private enum Fate {
        /** It must be given until it is acknowledged. */
        MUST,
        /** It may be given: a crash came before its storing or its acknowledgement was safe. */
        MAY,
        /** It must not be given again. */
        MUST_NOT
    }

    private static final class Model {
        final byte[] body;
        final int[] offsets;
        final long receivedMs;
        Fate fate = Fate.MAY;
        /** When it was stored, and how often the disk had failed the spool before. */
        long storedNs;

        int failuresBefore;
        boolean isSynced;
        boolean isAcknowledged;
        boolean isAckSynced;
        /** Which process acknowledged it; a sync forces only what the same process wrote. */
        int acknowledgedBy;

        long recordId;
        int storedBy;

        Model(byte[] body, int[] offsets, long receivedMs) {
            this.body = body;
            this.offsets = offsets;
            this.receivedMs = receivedMs;
        }
    }

    private final Random random;
    private final Weather weather;
    private final SpoolSettings settings;
    private final int bodyBytesMax;
    private final ScriptedDisk disk;
    private final TreeMap<Integer, Model> models = new TreeMap<>();
    /** Serial by record id, of what is in flight. */
    private final Map<Long, Integer> inFlight = new LinkedHashMap<>();

    private @Nullable Spool spool;
    private long nowNs = 1;
    private int process;
    private boolean hasBlemish;
    private boolean hasRefused;
    private boolean isOverLimit;
    private boolean isGivenUp;
    private long delivered;

    /** What happened, when someone wants to know. */
    private final @Nullable StringBuilder story;

    SpoolSimulation(long seed, boolean isTold) {
        story = isTold ? new StringBuilder() : null;
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        weather = Weather.values()[random.nextInt(Weather.values().length)];
        // Half of the lives write small bodies, half of them so large ones that the limit is reached.
        bodyBytesMax = random.nextBoolean() ? 1500 : 6000;
        long bytesMax = SpoolSettings.BYTES_MIN + random.nextInt(8 << 10);
        settings = new SpoolSettings(
                Path.of("scripted"), bytesMax, (4 << 10) + random.nextInt(12 << 10), BodyEncoding.XRAY_JSON);
        disk = new ScriptedDisk(random);
    }

    private void tell(String what) {
        if (story != null) {
            Spool open = spool;
            story.append(what)
                    .append(
                            open == null
                                    ? ""
                                    : "   " + open.state() + " held "
                                            + open.state().documents())
                    .append('\n');
        }
    }

    /** What happened, one line each. */
    String story() {
        return weather + " " + settings + "\n" + story;
    }

    /** Returns how many records were delivered. */
    long run() {
        for (int step = 0; step < STEPS; step++) {
            weather();
            try {
                step();
            } catch (ScriptedDisk.Crash e) {
                tell("crash");
                crash();
            }
            check();
        }
        tell("finish");
        finish();
        return delivered;
    }

    private void weather() {
        disk.crashIn = weather != Weather.VANISHING && random.nextInt(20) == 0 ? random.nextInt(12) : -1;
        if (weather == Weather.ERRORS && random.nextInt(10) == 0) {
            hasBlemish = true;
            disk.errorChance = random.nextInt(3) == 0 ? random.nextDouble() * 0.5 : 0;
            disk.shortChance = random.nextInt(3) == 0 ? 0.5 : 0;
            disk.isReadOnly = random.nextInt(6) == 0;
            disk.capacity = random.nextInt(4) == 0 ? random.nextInt(1 << 17) : Long.MAX_VALUE;
            disk.handlesMax = random.nextInt(4) == 0 ? disk.handles + random.nextInt(2) : Integer.MAX_VALUE;
            breakOneFile();
            tell("errors " + disk.errorChance + " read-only " + disk.isReadOnly + " capacity " + disk.capacity);
        }
        if (weather == Weather.VANISHING && random.nextInt(20) == 0) {
            vanish();
        }
    }

    /** One file that the disk does not give, until the next change. */
    private void breakOneFile() {
        disk.broken.clear();
        List<String> names = new ArrayList<>(disk.contents().keySet());
        if (!names.isEmpty() && random.nextInt(3) == 0) {
            disk.broken.add(names.get(random.nextInt(names.size())));
        }
    }

    private void vanish() {
        hasBlemish = true;
        int how = random.nextInt(3);
        tell("vanish " + how);
        switch (how) {
            case 0 -> disk.isGone = !disk.isGone;
            case 1 -> disk.takeAway();
            default -> disk.giveBack();
        }
        if (how > 0) {
            models.values().forEach(model -> model.fate = Fate.MAY);
        }
    }

    private void step() {
        Spool open = spool;
        nowNs += TimeUnit.MILLISECONDS.toNanos(random.nextInt(4) == 0 ? random.nextInt(1500) : random.nextInt(30));
        if (open == null) {
            open();
            return;
        }
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> append(open);
            case 4, 5 -> next(open);
            case 6, 7 -> acknowledge(open);
            case 8 -> {
                open.doWork();
                noteSynced(TimeUnit.MILLISECONDS.toNanos(100));
                tell("work");
                if (random.nextInt(4) == 0 && isSynced(open)) {
                    models.values().forEach(m -> m.isAckSynced |= m.isAcknowledged && m.acknowledgedBy == process);
                    noteSynced(0);
                }
            }
            default -> rare(open);
        }
    }

    /** Syncs now; returns whether no operation failed. */
    private boolean isSynced(Spool open) {
        int failuresBefore = disk.failures;
        open.sync();
        return disk.failures == failuresBefore && open.state().status() != SpoolState.Status.FAILED;
    }

    private void rare(Spool open) {
        switch (random.nextInt(6)) {
            case 0 -> {
                open.close();
                tell("close");
                afterKill();
            }
            case 1 -> throw new ScriptedDisk.Crash();
            default -> {
                Long recordId = pick();
                if (recordId != null) {
                    open.release(recordId);
                    inFlight.remove(recordId);
                }
            }
        }
    }

    private void open() {
        int failuresBefore = disk.failures;
        try {
            spool = Spool.open(settings, disk, () -> nowNs);
        } catch (SpoolLockedException e) {
            throw new AssertionError("nobody has the lock", e);
        }
        tell("open");
        // The length of a file that cannot even be looked at is an estimate.
        hasRefused |= disk.failures > failuresBefore;
        if (!hasBlemish && weather == Weather.KILLS) {
            SpoolState counts = spool.state();
            assertTrue(
                    disk.contents().keySet().stream().noneMatch(name -> name.endsWith(SpoolFileLayout.QUARANTINED)),
                    "a killed process damages nothing");
            long must = documents(Fate.MUST);
            long may = documents(Fate.MAY);
            assertTrue(
                    counts.documents() >= must && counts.documents() <= must + may,
                    counts + " should hold " + must + " to " + (must + may));
        }
    }

    /** Documents of the records with that fate. */
    private long documents(Fate fate) {
        return models.values().stream()
                .filter(model -> model.fate == fate)
                .mapToLong(model -> model.offsets.length)
                .sum();
    }

    private void append(Spool open) {
        int serial = models.size();
        int documentCount = 1 + random.nextInt(5);
        byte[] noise = new byte[20 + random.nextInt(random.nextInt(10) == 0 ? 50 : bodyBytesMax)];
        random.nextBytes(noise);
        byte[] head = String.format("%08d", serial).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, noise, 0, head.length);
        int[] offsets = new int[documentCount];
        for (int i = 0; i < documentCount; i++) {
            offsets[i] = i * 3;
        }
        Model model = new Model(noise, offsets, random.nextInt(1 << 30));
        models.put(serial, model);
        model.failuresBefore = disk.failures;
        boolean isStored = open.append(ByteBuffer.wrap(noise), offsets, model.receivedMs);
        if (isStored) {
            model.fate = Fate.MUST;
            model.storedBy = process;
            model.storedNs = nowNs;
        } else {
            // A write that failed half way may still be found whole after a crash, when it could not be cut off.
            model.fate = hasBlemish ? Fate.MAY : Fate.MUST_NOT;
        }
        tell("append " + serial + " " + isStored);
    }

    /** What is at least that old is safe from a power loss, unless the disk failed the spool meanwhile. */
    private void noteSynced(long ageNs) {
        int failures = disk.failures;
        for (Model model : models.values()) {
            boolean isFailed = hasBlemish && (model.storedBy != process || model.failuresBefore < failures);
            model.isSynced |= model.fate == Fate.MUST && nowNs - model.storedNs >= ageNs && !isFailed;
        }
    }

    private void next(Spool open) {
        SpooledBatch batch = open.next();
        if (batch == null) {
            boolean isEmpty =
                    models.values().stream().noneMatch(m -> m.fate == Fate.MUST && !inFlight.containsKey(m.recordId));
            assertTrue(isEmpty || hasBlemish, "what is held is given");
            return;
        }
        byte[] body = batch.body();
        int serial = Integer.parseInt(new String(body, 0, 8, StandardCharsets.US_ASCII));
        Model model = models.get(serial);
        assertNotNull(model, "record " + serial + " was never appended");
        assertArrayEquals(model.body, body);
        assertArrayEquals(model.offsets, batch.starts());
        assertEquals(model.receivedMs, batch.oldestReceivedMs());
        assertTrue(model.fate != Fate.MUST_NOT, "record " + serial + " was settled, and comes again");
        boolean isTwice = inFlight.containsKey(batch.recordId());
        assertTrue(!isTwice, "record " + serial + " is in flight, and comes again");
        if (!hasBlemish) {
            for (Map.Entry<Integer, Model> older : models.headMap(serial).entrySet()) {
                boolean isWaiting =
                        older.getValue().fate == Fate.MUST && !inFlight.containsKey(older.getValue().recordId);
                assertTrue(!isWaiting, "record " + serial + " comes before the older " + older.getKey());
            }
        }
        model.recordId = batch.recordId();
        inFlight.put(batch.recordId(), serial);
        tell("next " + serial);
        delivered++;
    }

    private void acknowledge(Spool open) {
        Long recordId = pick();
        if (recordId == null) {
            return;
        }
        Model model = models.get(inFlight.get(recordId));
        assertNotNull(model);
        Fate before = model.fate;
        model.fate = Fate.MAY;
        boolean isHeld = open.isHeld(recordId);
        open.acknowledge(recordId);
        assertTrue(isHeld || weather == Weather.VANISHING, "what is in flight is held");
        model.isAcknowledged = true;
        model.acknowledgedBy = process;
        model.fate = weather == Weather.VANISHING && !isHeld ? before : Fate.MUST_NOT;
        if (weather == Weather.VANISHING) {
            model.fate = Fate.MAY;
        }
        tell("acknowledge " + inFlight.remove(recordId));
    }

    private @Nullable Long pick() {
        if (inFlight.isEmpty()) {
            return null;
        }
        List<Long> ids = new ArrayList<>(inFlight.keySet());
        return ids.get(random.nextInt(ids.size()));
    }

    private void crash() {
        boolean canLosePower = weather == Weather.POWER_LOSSES || weather == Weather.ERRORS;
        boolean isPowerLost = canLosePower && random.nextBoolean();
        if (isPowerLost) {
            tell("power lost");
            disk.losePower();
            // A deletion whose force failed can be undone.
            isOverLimit = hasBlemish;
            for (Model model : models.values()) {
                boolean isSafe = model.isAcknowledged ? model.isAckSynced : model.isSynced;
                if (!isSafe && (model.fate == Fate.MUST || model.isAcknowledged)) {
                    model.fate = Fate.MAY;
                }
            }
        } else {
            disk.endProcess();
        }
        afterKill();
    }

    private void afterKill() {
        disk.endProcess();
        spool = null;
        isGivenUp = false;
        process++;
        inFlight.clear();
        if (hasBlemish) {
            // An acknowledgement that the disk did not take was known to that process only.
            models.values().stream()
                    .filter(m -> m.isAcknowledged && !m.isAckSynced)
                    .forEach(m -> m.fate = Fate.MAY);
        }
        // Found or not found: a record that survived one crash is on disk, and is synced only when it was.
    }

    private void check() {
        long bytes = disk.bytes();
        isOverLimit &= bytes > settings.bytesMax();
        if (weather != Weather.VANISHING && !hasRefused && !isOverLimit) {
            assertTrue(bytes <= settings.bytesMax(), bytes + " bytes on disk, limit " + settings.bytesMax());
        }
        Spool open = spool;
        if (open == null) {
            return;
        }
        SpoolState counts = open.state();
        assertTrue(counts.documents() >= 0, counts::toString);
        if (weather == Weather.VANISHING) {
            checkVanishing(open);
            return;
        }
        long documentsMin = documents(Fate.MUST);
        long documentsMax = documentsMin + documents(Fate.MAY);
        String bounds = " should be " + documentsMin + " to " + documentsMax;
        assertTrue(counts.documents() <= documentsMax, () -> counts + bounds);
        if (!hasBlemish) {
            assertTrue(counts.documents() >= documentsMin, () -> counts + bounds);
            assertTrue(open.state().status() != SpoolState.Status.FAILED, () -> open.state()
                    .reason());
        }
    }

    /** Once given up, a directory is not used again by this process, whatever comes in its place. */
    private void checkVanishing(Spool open) {
        isGivenUp |= open.state().reason().contains("deleted or replaced");
        assertTrue(
                !isGivenUp || (!open.state().isOk() && open.state().documents() == 0),
                () -> open.state() + " of what is gone");
        long stored = models.values().stream()
                .mapToLong(model -> model.offsets.length)
                .sum();
        assertTrue(open.state().documents() <= stored, () -> open.state() + ": more than the " + stored + " stored");
    }

    /** On a good disk, everything that must be delivered is. */
    private void finish() {
        disk.crashIn = -1;
        disk.errorChance = 0;
        disk.shortChance = 0;
        disk.isReadOnly = false;
        disk.isGone = false;
        disk.capacity = Long.MAX_VALUE;
        disk.handlesMax = Integer.MAX_VALUE;
        disk.broken.clear();
        afterKill();
        open();
        Spool open = spool;
        assertNotNull(open);
        assertTrue(open.state().isOk(), () -> open.state().toString());
        for (SpooledBatch batch = open.next(); batch != null; batch = open.next()) {
            byte[] body = batch.body();
            Model model = models.get(Integer.parseInt(new String(body, 0, 8, StandardCharsets.US_ASCII)));
            assertNotNull(model);
            assertArrayEquals(model.body, body);
            assertTrue(model.fate != Fate.MUST_NOT, "settled, and comes again");
            model.fate = Fate.MUST_NOT;
            model.isAcknowledged = true;
            assertTrue(SpoolFixture.acknowledge(open, batch));
            delivered++;
        }
        models.forEach((serial, model) -> assertTrue(model.fate != Fate.MUST, "record " + serial + " is lost"));
        assertEquals(0, open.state().documents());
        open.close();
        long quarantined = disk.contents().keySet().stream()
                .filter(name -> !name.equals(SpoolFileLayout.LOCK) && !name.endsWith(SpoolFileLayout.QUARANTINED))
                .count();
        assertEquals(0, quarantined, () -> "left behind: " + disk.contents().keySet());
    }
}
