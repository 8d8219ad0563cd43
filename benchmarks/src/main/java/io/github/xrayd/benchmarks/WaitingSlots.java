package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.ring.SlotReader;
import java.util.List;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Slots that wait for the validator, filled anew for each call. One thread. */
@State(Scope.Thread)
public abstract class WaitingSlots {
    private final int count;
    private final boolean isValidateDocuments;
    private ScriptedDatagrams source;
    private Stages stages;

    /**
     * Slots of a benchmark.
     *
     * @param count slots for each call: what one cycle of the validator takes at most
     * @param isValidateDocuments whether the validator checks documents too
     */
    WaitingSlots(int count, boolean isValidateDocuments) {
        this.count = count;
        this.isValidateDocuments = isValidateDocuments;
    }

    /** What takes turns in the slots. */
    abstract List<byte[]> datagrams();

    @Setup
    public void setUp() {
        source = new ScriptedDatagrams(datagrams());
        stages = new Stages(source, Stages.BATCH_DOCUMENTS, isValidateDocuments);
    }

    @Setup(Level.Invocation)
    public void fill() {
        source.offer(count);
        stages.receive();
    }

    /** The engine's validator looks at all of them. */
    int validate() {
        int validated = stages.validate();
        if (validated != count) {
            throw new IllegalStateException(validated + " of " + count + " datagrams were validated");
        }
        return validated;
    }

    SlotReader reader() {
        return stages.validatorReader();
    }

    @TearDown(Level.Invocation)
    public void empty() {
        stages.releaseSlots();
    }

    @TearDown
    public void tearDown() {
        stages.close();
    }
}
