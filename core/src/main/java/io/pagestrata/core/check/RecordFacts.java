// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

/**
 * One record of a segment.
 *
 * @param offset where it is in the file
 * @param bytes its length, fill included
 * @param kind {@code page}, {@code tombstone}, {@code lost} or {@code damaged}
 * @param pool pool of its page
 * @param object object of its page
 * @param index index of its page, unsigned
 * @param generation its generation
 * @param codec name of the codec
 * @param storedBytes length of its payload
 */
public record RecordFacts(
    long offset,
    int bytes,
    String kind,
    int pool,
    long object,
    long index,
    long generation,
    String codec,
    int storedBytes) {}
