/** Load as contests make it, and the state that it must lead to. */
package sekisho.bench.contest;
