package io.github.xrayd.chaos;

import java.io.IOException;

/** What goes wrong, as something that can be begun and ended. */
interface Trouble {
    /** Nothing goes wrong. */
    Trouble NONE = rig -> {};

    void begin(Rig rig) throws IOException;

    /** Makes all well again. */
    default void end(Rig rig) throws IOException, InterruptedException {
        rig.behave();
    }
}
