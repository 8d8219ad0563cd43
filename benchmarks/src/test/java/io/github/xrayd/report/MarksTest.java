package io.github.xrayd.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MarksTest {
    @Test
    void shouldReplaceOnlyWhatStandsBetweenMarks() {
        String text = "a\n<!-- report one -->\nold\n<!-- end one -->\nb <!-- report two --><!-- end two --> c";
        String made = Marks.<RuntimeException>replace("x.md", text, name -> "new " + name + "\n");
        assertEquals(
                "a\n<!-- report one -->\n\nnew one\n\n<!-- end one -->\nb <!-- report two -->\n\nnew two\n\n<!-- end two --> c",
                made);
        assertEquals(made, Marks.<RuntimeException>replace("x.md", made, name -> "new " + name + "\n"));
    }

    @Test
    void shouldSayWhichMarkHasNoEnd() {
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class,
                () -> Marks.<RuntimeException>replace("x.md", "<!-- report one --> and no more", name -> ""));
        assertTrue(String.valueOf(error.getMessage()).contains("x.md: there is no <!-- end one -->"));
    }

    @Test
    void shouldWriteFiguresWithThreeDigits() {
        assertEquals("12,346", Table.number(12_345.6));
        assertEquals("12.3", Table.number(12.34));
        assertEquals("1.23", Table.number(1.234));
        assertEquals("0.0123", Table.number(0.01234));
        assertEquals("3", Table.number(3));
        assertEquals("–", Table.number(Double.NaN));
        assertEquals("| a\\|b |  |", new Table("x", "y").row("a|b").text().split("\n", -1)[2]);
    }
}
