package io.github.xrayd.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DaemonLedgerTest {
    private static DaemonLedger parse(String json) throws IOException {
        return DaemonLedger.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static String destination(String name, long delivered, String abandoned) {
        return "{'name':'" + name + "','admitted':10,'recovered':1,'delivered':" + delivered
                + ",'unprocessed':1,'refused':0,'spooled':0,'dropped':0,'abandoned':{" + abandoned
                + "},'held':0,'resent':50}";
    }

    private static String ledger(String destinations) {
        return "{'received':13,'rejected':{'noHeader':2},'dropped':{'memoryFull':1},'admitted':10,'kernelDrops':4,"
                + "'destinations':[" + destinations + "]}";
    }

    @Test
    void shouldReadBothHalves() throws IOException {
        DaemonLedger ledger = parse(ledger(destination("xray", 8, "'tooOld':2")));
        assertEquals(13, ledger.received());
        assertEquals(1, ledger.recovered());
        assertEquals(8, ledger.delivered());
        assertEquals(4, ledger.kernelDrops());
        assertEquals(50, ledger.resent());
        assertEquals(2, ledger.total("abandoned"));
        assertEquals(
                Map.of("rejected.no_header", 2L, "dropped.memory_full", 1L, "abandoned.too_old", 2L), ledger.reasons());
        assertEquals(
                Map.of(
                        "rejected.no_header",
                        2L,
                        "dropped.memory_full",
                        1L,
                        "abandoned.too_old",
                        2L,
                        "unprocessed",
                        1L,
                        "kernel",
                        4L),
                ledger.lostByReason());
        assertTrue(ledger.isBalanced());
    }

    @Test
    void shouldAddUpDestinations() throws IOException {
        DaemonLedger ledger = parse(ledger(destination("a", 8, "'tooOld':2") + "," + destination("b", 10, "")));
        assertEquals(18, ledger.delivered());
        assertTrue(ledger.isBalanced());
    }

    @Test
    void shouldSeeThatItDoesNotBalance() throws IOException {
        assertFalse(parse(ledger(destination("xray", 8, "'tooOld':1"))).isBalanced());
    }

    @Test
    void shouldTakeUnknownKernelDropsForNone() throws IOException {
        String json = ledger(destination("xray", 10, "")).replace("'kernelDrops':4", "'kernelDrops':null");
        assertEquals(0, parse(json).kernelDrops());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{'destinations':[1]}", "{'received':1,'destinations':[]"})
    void shouldRefuseWhatIsNoLedger(String json) {
        assertThrows(IOException.class, () -> parse(json));
    }
}
