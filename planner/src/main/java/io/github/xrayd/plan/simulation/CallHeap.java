package io.github.xrayd.plan.simulation;

import java.util.Arrays;

/** Calls in flight, the one that ends first on top. */
final class CallHeap {
    private SimCall[] calls = new SimCall[64];
    private int size;

    int size() {
        return size;
    }

    /** When the first call ends, or {@link Long#MAX_VALUE}. */
    long firstEndNs() {
        return size == 0 ? Long.MAX_VALUE : calls[0].endNs;
    }

    void add(SimCall call) {
        if (size == calls.length) {
            calls = Arrays.copyOf(calls, size * 2);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (calls[parent].endNs <= call.endNs) {
                break;
            }
            calls[at] = calls[parent];
            at = parent;
        }
        calls[at] = call;
    }

    SimCall poll() {
        SimCall first = calls[0];
        SimCall last = calls[--size];
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && calls[child + 1].endNs < calls[child].endNs) {
                child++;
            }
            if (calls[child].endNs >= last.endNs) {
                break;
            }
            calls[at] = calls[child];
            at = child;
        }
        calls[at] = last;
        return first;
    }
}
