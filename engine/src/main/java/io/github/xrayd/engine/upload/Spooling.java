package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The uploads on their way to the disk and back, and their books. The uploader's thread alone.
 *
 * <p>A batch stays in memory, and counts as held, until the spool says that it has it.
 */
final class Spooling {
    /** How long nothing is given to a spool that has refused a batch, in nanoseconds. */
    static final long REFUSED_NS = 1_000_000_000L;

    /** How long nothing is asked of a spool that gave nothing though it holds records, in nanoseconds. */
    static final long NOTHING_NS = 100_000_000L;

    /** How often memory is looked at while uploads wait, in nanoseconds. */
    static final long LOOK_NS = 10_000_000L;

    private static final int ASKED_MAX = 4;
    /** Bytes of batches from the disk in memory above which no more are asked for. */
    private static final long OUT_BYTES_MAX = 4 << 20;

    private final SpoolPort port;
    private final List<UploadLane> lanes;
    private final List<SpoolPolicy> policies = new ArrayList<>();
    private final UploadQueues queues;
    private final Counters counters;
    /** To be asked for when fewer are under way. */
    private final ArrayDeque<Upload> toStore = new ArrayDeque<>();

    private final Set<Upload> storing = new HashSet<>();
    private final Set<Restored> out = new LinkedHashSet<>();
    private List<Upload> refused = new ArrayList<>();
    private long outBytes;
    private int takesAsked;
    private long onDisk;
    private long restoredNumber;
    private boolean isRefusing;
    private long refusedUntilNs;
    private boolean isTakeDelayed;
    private long nextTakeNs;
    private boolean isShort;
    private boolean isTaking = true;
    private boolean isEnding;

    Spooling(SpoolPort port, List<UploadLane> lanes, UploadQueues queues, Counters counters) {
        this.port = port;
        this.lanes = lanes;
        this.queues = queues;
        this.counters = counters;
        lanes.forEach(lane -> policies.add(new SpoolPolicy()));
    }

    /** Reads the spool's answers; returns how many there were. */
    int collect(long nowNs) {
        int work = 0;
        SpoolPort.Reply reply;
        while ((reply = port.poll()) != null) {
            work++;
            if (reply instanceof SpoolPort.Reply.Stored stored) {
                onStored((Upload) stored.token());
            } else if (reply instanceof SpoolPort.Reply.Refused no) {
                onRefused((Upload) no.token(), nowNs);
            } else if (reply instanceof SpoolPort.Reply.Taken taken) {
                onTaken(new Restored(taken.recordId(), taken.parcel()));
            } else if (reply instanceof SpoolPort.Reply.Nothing) {
                takesAsked--;
                isTakeDelayed = true;
                nextTakeNs = nowNs + NOTHING_NS;
            } else if (reply instanceof SpoolPort.Reply.Changed changed) {
                onDisk += changed.recovered() - changed.lost();
                counters.add(Counter.RECOVERED, changed.recovered());
                counters.add(Counter.ABANDONED_SPOOL_LOST, changed.lost());
            }
        }
        return work;
    }

    private void onStored(Upload upload) {
        isRefusing = false;
        if (storing.remove(upload)) {
            int count = upload.documentCount();
            counters.add(Counter.SPOOLED, count);
            if (upload.mayHaveArrived) {
                counters.add(Counter.RESENT, count);
            }
            onDisk += count;
            upload.parcel.settle(upload.documents);
        }
    }

    private void onRefused(Upload upload, long nowNs) {
        isRefusing = true;
        refusedUntilNs = nowNs + REFUSED_NS;
        if (storing.remove(upload)) {
            refused.add(upload);
        }
        // The disk would say the same of the others.
        refused.addAll(toStore);
        toStore.clear();
    }

    private void onTaken(Restored restored) {
        takesAsked--;
        isTakeDelayed = false;
        counters.add(Counter.UNSPOOLED, restored.documentCount());
        onDisk -= restored.documentCount();
        out.add(restored);
        outBytes += restored.length();
        queues.addReady(new Upload(restored, restoredNumber++));
    }

    /** The uploads that the spool has refused since this was last asked; they are the uploader's again. */
    List<Upload> takeRefused() {
        if (refused.isEmpty()) {
            return List.of();
        }
        List<Upload> taken = refused;
        refused = new ArrayList<>();
        return taken;
    }

    /** Whether the spool has not just refused a batch. */
    boolean isAccepting(long nowNs) {
        return !isRefusing || nowNs - refusedUntilNs >= 0;
    }

    /** Sends an upload of memory to the disk. */
    void store(Upload upload) {
        toStore.add(upload);
    }

    /**
     * Asks the spool to store and to give, as the policy says.
     *
     * @param isFailing whether no call has succeeded since the last one failed, or none can be made
     * @param inFlight calls in flight
     */
    void ask(long nowNs, boolean isFailing, int inFlight) {
        isShort = false;
        for (int i = 0; i < policies.size(); i++) {
            UploadLane lane = lanes.get(i);
            if (policies.get(i).isShort(lane.arenaUsed(), lane.isStarved(), isFailing)) {
                isShort = true;
                storeOldest(i, nowNs);
            }
        }
        while (!toStore.isEmpty() && storing.size() < SpoolPolicy.STORES_MAX) {
            Upload upload = toStore.poll();
            storing.add(upload);
            port.store(upload, upload.parcel, upload.documents);
        }
        if (isTaking && onDisk > 0 && (!isTakeDelayed || nowNs - nextTakeNs >= 0)) {
            // What fails for its own sake must not be the only probe: then there is one more from the disk.
            boolean isAnyLeft = inFlight > 0 || (isFailing ? queues.isAnyUntried() : !queues.isEmpty());
            int max = SpoolPolicy.takesMax(isFailing, isAnyLeft, isShort || !toStore.isEmpty());
            take(isFailing ? Math.min(SpoolPolicy.TAKES_MAX, max * (out.size() + 1)) : max);
        }
    }

    private void storeOldest(int pipeline, long nowNs) {
        while (isAccepting(nowNs) && storing.size() + toStore.size() < SpoolPolicy.STORES_MAX) {
            Upload upload = queues.takeOf(pipeline);
            if (upload == null) {
                return;
            }
            toStore.add(upload);
        }
    }

    private void take(int max) {
        while (out.size() + takesAsked < max && takesAsked < ASKED_MAX && outBytes < OUT_BYTES_MAX) {
            takesAsked++;
            port.take();
        }
    }

    /** Some documents of a batch from the disk are settled. */
    void onSettled(Restored restored) {
        if (restored.parcel().unsettled() == 0 && out.remove(restored)) {
            outBytes -= restored.length();
            port.settled(restored.recordId());
        }
    }

    /** Nothing more is taken from the disk: the process ends, and the next one does that. */
    void stopTaking() {
        isTaking = false;
    }

    /**
     * Sends all of memory to the disk that is in no call, and leaves where it is kept what came from there or from a
     * source that gives it again; for the shutdown deadline.
     *
     * @param inFlight the uploads in calls, which are waited for
     * @return how many documents were left to their source
     */
    int end(Collection<Upload> inFlight) {
        isTaking = false;
        isEnding = true;
        int left = 0;
        for (Upload upload : queues.takeAll()) {
            if (upload.parcel.isReplayable()) {
                left += upload.documentCount();
                upload.parcel.abandon(upload.documents);
            } else if (upload.restored == null) {
                toStore.add(upload);
            } else if (upload.mayHaveArrived) {
                counters.add(Counter.RESENT, upload.documentCount());
            }
        }
        Set<Parcel> inCalls = new HashSet<>();
        inFlight.forEach(upload -> inCalls.add(upload.parcel));
        for (Restored restored : List.copyOf(out)) {
            if (!inCalls.contains(restored.parcel())) {
                leave(restored);
            }
        }
        counters.add(Counter.ABANDONED_TO_SOURCE, left);
        return left;
    }

    /**
     * Gives up what is not on disk yet, and leaves there what came from it, in calls or not; returns how many documents
     * that were.
     */
    int abandon(Counter counter) {
        isTaking = false;
        isEnding = true;
        int count = 0;
        for (Upload upload : toStore) {
            count += upload.documentCount();
            upload.parcel.abandon(upload.documents);
        }
        for (Upload upload : storing) {
            // Its memory may be read until the disk answers, so it is not settled: it is used no more.
            count += upload.documentCount();
        }
        counters.add(counter, count);
        toStore.clear();
        storing.clear();
        List.copyOf(out).forEach(this::leave);
        return count;
    }

    private void leave(Restored restored) {
        out.remove(restored);
        outBytes -= restored.length();
        int all = restored.documentCount();
        int settled = all - Long.bitCount(restored.parcel().unsettled());
        // The record is whole or not at all: those of it that are settled come again.
        counters.add(Counter.RESENT, settled);
        counters.add(Counter.RECOVERED, settled);
        counters.add(Counter.SPOOLED, all - settled);
        onDisk += all;
        port.leave(restored.recordId(), all);
    }

    /** Whether the end has come: nothing is sent any more. */
    boolean isEnding() {
        return isEnding;
    }

    /** Whether nothing is on its way to or from the disk. */
    boolean isIdle() {
        return toStore.isEmpty()
                && storing.isEmpty()
                && refused.isEmpty()
                && takesAsked == 0
                && (!isEnding || out.isEmpty());
    }

    /**
     * When this wants to run though nothing arrives, or {@link Long#MAX_VALUE}.
     *
     * @param isFailing as for {@link #ask}
     */
    long deadlineNs(long nowNs, boolean isFailing) {
        boolean isLooking = isShort || (isFailing && !queues.isEmpty());
        long deadlineNs = isLooking ? nowNs + LOOK_NS : Long.MAX_VALUE;
        if (isTaking && onDisk > 0 && takesAsked == 0 && out.isEmpty()) {
            deadlineNs = Math.min(deadlineNs, isTakeDelayed ? Math.max(nowNs, nextTakeNs) : nowNs + NOTHING_NS);
        }
        return deadlineNs;
    }
}
