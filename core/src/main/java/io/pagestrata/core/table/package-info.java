// SPDX-License-Identifier: Apache-2.0
/**
 * The page table: one 64-bit entry per page, found through pool, object and a sparse radix tree.
 */
package io.pagestrata.core.table;
