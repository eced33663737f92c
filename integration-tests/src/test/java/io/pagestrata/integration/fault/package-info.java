// SPDX-License-Identifier: Apache-2.0
/**
 * Whole stores in trouble: the ways in which real swap code lost or mixed up pages, tried on ours.
 */
package io.pagestrata.integration.fault;
