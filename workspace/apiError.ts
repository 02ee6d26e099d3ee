/** A refusal in the shape that Databricks sends: `{ error_code, message, details? }`. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly errorCode: string | number,
		message: string,
		readonly details?: readonly Record<string, unknown>[],
	) {
		super(message);
	}

	/** The JSON body of the answer. */
	body(): Record<string, unknown> {
		return {
			error_code: this.errorCode,
			message: this.message,
			...(this.details === undefined ? {} : { details: this.details }),
		};
	}
}

/** 400: a value that the service does not take. */
export function invalidParameter(message: string): ApiError {
	return new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
}

/** 404: status 404 alone means "missing" to the Databricks CLI. */
export function notFound(message: string, errorCode = 'RESOURCE_DOES_NOT_EXIST'): ApiError {
	return new ApiError(404, errorCode, message);
}

/** 403: the principal is known, but may not. */
export function permissionDenied(message: string): ApiError {
	return new ApiError(403, 'PERMISSION_DENIED', message);
}

/** 501: Databricks can, this workspace cannot. Names what is missing. */
export function notImplemented(what: string): ApiError {
	return new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace does not have ${what}.`);
}
