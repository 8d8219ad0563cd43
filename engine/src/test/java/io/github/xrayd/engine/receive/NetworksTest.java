package io.github.xrayd.engine.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.0/8|10.255.1.2|true",
                "10.0.0.0/8|11.0.0.1|false",
                "192.168.1.7|192.168.1.7|true",
                "192.168.1.7|192.168.1.6|false",
                "0.0.0.0/0|8.8.8.8|true",
                "0.0.0.0/0|2001:db8::1|false",
                "::/0|8.8.8.8|true",
                "::/0|2001:db8::1|true",
                "2001:db8::/32|2001:db8:ffff::1|true",
                "2001:db8::/32|2001:db9::1|false",
                "2001:db8:0:0:8000::/65|2001:db8::8000:0:0:1|true",
                "2001:db8:0:0:8000::/65|2001:db8::1|false",
                "::ffff:10.0.0.0/104|10.1.2.3|true",
                "::ffff:10.0.0.0/104|11.1.2.3|false",
                "10.0.0.0/8, ::1 ,172.16.0.0/12|172.31.255.255|true",
                "10.0.0.0/8, ::1 ,172.16.0.0/12|::1|true",
                "10.0.0.0/8, ::1 ,172.16.0.0/12|172.32.0.0|false"
            })
    void shouldKnowWhichAddressesAreInIt(String networks, String address, boolean isIn) throws Exception {
        byte[] bytes = InetAddress.getByName(address).getAddress();
        assertEquals(isIn, Networks.parse(networks).contains(Networks.high(bytes), Networks.low(bytes)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.1/8",
                "::1/129",
                "2001:db8::1/32",
                "localhost",
                "10.0.0.0/8,,::1",
                "fe80::1%eth0",
                "1.2.3",
                "1.2.3.999",
                ":::1",
                "10.0.0.0/8/8"
            })
    void shouldSayWhichEntryIsWrong(String networks) {
        String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> Networks.parse(networks))
                .getMessage());
        assertTrue(message.startsWith("must be networks, as 10.0.0.0/8"), message);
    }

    @Test
    void shouldWriteAddressesAsPeopleDo() throws Exception {
        byte[] address = InetAddress.getByName("10.1.2.3").getAddress();
        assertEquals("10.1.2.3", Networks.text(Networks.high(address), Networks.low(address)));
        address = InetAddress.getByName("2001:db8::5").getAddress();
        assertEquals("2001:db8:0:0:0:0:0:5", Networks.text(Networks.high(address), Networks.low(address)));
    }
}
