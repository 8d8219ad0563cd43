package io.github.xrayd.engine.spool;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The child of {@link SpoolKillTest}: spools until it is killed, and tells what is stored, given and acknowledged. */
public final class SpoolingProcess {
    private SpoolingProcess() {}

    /** Takes the directory and the first serial. */
    public static void main(String[] arguments) throws IOException {
        int serial = Integer.parseInt(arguments[1]);
        try (Spool spool = Spool.open(SpoolFixture.settings(Path.of(arguments[0])));
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            // Ends by itself when it can do nothing more, so that it never outlives its parent.
            while (SpoolFixture.append(spool, serial)) {
                tell(out, "S" + serial);
                serial++;
                SpooledBatch batch = serial % 10 == 0 ? null : spool.next();
                if (batch != null) {
                    int given = SpoolFixture.serial(batch.body());
                    // Told before too: a kill between the acknowledgement and its line leaves the record in doubt.
                    tell(out, "G" + given);
                    spool.acknowledge(batch.recordId());
                    tell(out, "A" + given);
                }
                spool.doWork();
            }
        }
    }

    private static void tell(FileOutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
