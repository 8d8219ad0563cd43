package io.github.xrayd.plan.model;

/**
 * One answer with its reason.
 *
 * @param id for machines, lower case with dashes
 * @param title what it is
 * @param value as a reader wants it
 * @param number the bare value: bytes, seconds, counts, shares
 * @param formula as text
 * @param numbers the formula with the numbers put in
 */
public record Figure(String id, String title, String value, double number, String formula, String numbers) {}
