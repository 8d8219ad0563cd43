package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CommandNameTest {
    @Test
    void shouldFindEachCommandByItsWord() {
        for (CommandName name : CommandName.values()) {
            assertEquals(name, CommandName.of(name.word()));
        }
        assertNull(CommandName.of("cdss"));
    }

    @Test
    void shouldTakeTheFormerWordForCdsAndNotShowIt() {
        assertEquals(CommandName.CDS, CommandName.of("archive"));
        assertTrue(Call.of(Path.of("."), "archive", "--help").out().startsWith("Usage: xray cds\n"));
        String help = Call.of(Path.of("."), "--help").out();
        assertTrue(help.contains("\tcds\t"), help);
        assertFalse(help.contains("\tarchive\t"), help);
    }
}
