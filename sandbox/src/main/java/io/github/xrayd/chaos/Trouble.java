package io.github.xrayd.chaos;

import java.io.IOException;

/** What goes wrong, as something that can be begun and ended. */
interface Trouble {
    /** Nothing goes wrong. */
    Trouble NONE = rig -> {};

    /** Something that stays until the daemon has ended, because it belongs to a document and not to a time. */
    static Trouble lasting(Trouble trouble) {
        return new Trouble() {
            @Override
            public void begin(Rig rig) throws IOException {
                trouble.begin(rig);
            }

            @Override
            public void end(Rig rig) {}
        };
    }

    void begin(Rig rig) throws IOException;

    /** Makes all well again. */
    default void end(Rig rig) throws IOException, InterruptedException {
        rig.behave();
    }
}
