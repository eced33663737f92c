// SPDX-License-Identifier: Apache-2.0
/**
 * The tier port: what a place for zpages offers to the store and may ask of it, the layout of a
 * zpage, and the budgets of memory and writes.
 */
package io.pagestrata.core.tier;
