package io.github.xrayd.chaos;

import java.io.IOException;

/** What goes wrong, as something that can be begun and ended. */
interface Disruption {
    /** Nothing goes wrong. */
    Disruption NONE = bed -> {};

    /** Something that stays until the daemon has ended, because it belongs to a document and not to a time. */
    static Disruption lasting(Disruption disruption) {
        return new Disruption() {
            @Override
            public void begin(TestBed bed) throws IOException {
                disruption.begin(bed);
            }

            @Override
            public void end(TestBed bed) {}
        };
    }

    /** One half of a disruption. */
    interface Step {
        void run(TestBed bed) throws IOException;
    }

    /** Something with an end of its own, after which endpoint and proxy behave. */
    static Disruption of(Step begin, Step end) {
        return new Disruption() {
            @Override
            public void begin(TestBed bed) throws IOException {
                begin.run(bed);
            }

            @Override
            public void end(TestBed bed) throws IOException, InterruptedException {
                end.run(bed);
                bed.behave();
            }
        };
    }

    void begin(TestBed bed) throws IOException;

    /** Makes all well again. */
    default void end(TestBed bed) throws IOException, InterruptedException {
        bed.behave();
    }
}
