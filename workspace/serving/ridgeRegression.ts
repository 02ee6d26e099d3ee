import { CholeskyDecomposition, Matrix } from 'ml-matrix';

export interface RidgeFit {
	intercept: number;
	/** One for each column. */
	weights: number[];
}

/**
 * Least squares with weights pulled towards zero, the intercept left free: what scikit-learn's
 * `Ridge(alpha)` solves. `alpha` must be positive, which makes the solution unique.
 * Throws RangeError when there are no rows or a value is not finite.
 */
export function ridgeRegression(x: number[][], y: number[], alpha: number): RidgeFit {
	const finite = (values: number[]): boolean => values.every(Number.isFinite);
	if (x.length === 0 || x.length !== y.length || !finite(y) || !x.every(finite)) {
		throw new RangeError('A regression needs at least one row, and finite numbers only.');
	}
	const inputs = new Matrix(x);
	const means = inputs.mean('column');
	const centred = inputs.subRowVector(means);
	const meanOfY = average(y);
	const transposed = centred.transpose();
	const products = transposed.mmul(centred).add(Matrix.eye(means.length).mul(alpha));
	const right = transposed.mmul(Matrix.columnVector(y.map((value) => value - meanOfY)));
	const weights = new CholeskyDecomposition(products).solve(right).to1DArray();
	return { weights, intercept: meanOfY - dot(weights, means) };
}

export function average(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function dot(a: readonly number[], b: readonly number[]): number {
	return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}
