package io.github.xrayd.sandbox;

import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What all filters have in common: {@code AND}, {@code OR}, {@code !}, parentheses; terms that follow each other
 * without a word between them are joined by {@code AND}, as the service does.
 *
 * @param <T> what is filtered
 */
abstract class FilterGrammar<T> {
    private static final int DEPTH_MAX = 50;

    final FilterTokens tokens;
    private int depth;

    FilterGrammar(FilterTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * Reads what follows a keyword.
     *
     * @param keyword in lower case; already read
     * @param word the keyword as it is written
     * @return null when there is no such keyword here
     */
    abstract @Nullable Predicate<T> term(String keyword, String word) throws ApiException;

    /** Where the terms stand, for an error: such as {@code within service(…) {…}}; empty at the top. */
    abstract String place();

    /** Reads a whole expression in braces, if one follows; without it everything fits. */
    final Predicate<T> block() throws ApiException {
        if (!tokens.isNext("{")) {
            return subject -> true;
        }
        Predicate<T> test = or();
        tokens.require("}");
        return test;
    }

    final Predicate<T> or() throws ApiException {
        if (++depth > DEPTH_MAX) {
            throw tokens.invalid("nested deeper than " + DEPTH_MAX + " levels");
        }
        Predicate<T> test = and();
        while (tokens.isNext("OR")) {
            test = test.or(and());
        }
        depth--;
        return test;
    }

    private Predicate<T> and() throws ApiException {
        Predicate<T> test = unary();
        while (tokens.isNext("AND") || isTermNext()) {
            test = test.and(unary());
        }
        return test;
    }

    private boolean isTermNext() {
        String word = tokens.peek();
        return word.equals("!")
                || word.equals("(")
                || (!word.isEmpty() && Character.isLetter(word.charAt(0)) && !word.equalsIgnoreCase("OR"));
    }

    private Predicate<T> unary() throws ApiException {
        boolean isNegated = false;
        while (tokens.isNext("!")) {
            isNegated = !isNegated;
        }
        Predicate<T> test;
        if (tokens.isNext("(")) {
            test = or();
            tokens.require(")");
        } else {
            String word = tokens.next();
            test = term(word.toLowerCase(Locale.ROOT), word);
            if (test == null) {
                throw tokens.invalidLast(
                        word.isEmpty() ? "it ends too early" : "this sandbox does not know " + word + place());
            }
        }
        return isNegated ? test.negate() : test;
    }
}
