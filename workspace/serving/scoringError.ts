/** An answer of the scoring server that is no prediction. */
export class ScoringError extends Error {
	constructor(
		readonly status: number,
		message: string,
		private readonly errorCode = 'BAD_REQUEST',
		private readonly sqlState = 'KAM00',
		private readonly errorClass = 'INVALID_PARAMETER_VALUE',
		private readonly stackTrace?: string,
	) {
		super(message);
	}

	/** JSON, except for the answers that the server gives as plain text (415, 500 and 504). */
	body(): Record<string, string> | string {
		const { errorCode: error_code, message } = this;
		if (this.sqlState === '') return { error_code, message };
		if (this.status !== 400) return message;
		return {
			error_code,
			message,
			sqlstate: this.sqlState,
			error_class: this.errorClass,
			...(this.stackTrace === undefined ? {} : { stack_trace: this.stackTrace }),
		};
	}
}

/** 400 about the shape of the request. */
export function invalidInput(message: string): ScoringError {
	return new ScoringError(400, `Invalid input. ${message}`);
}

/** 400 because the server refuses to ask the model; echoes the data. */
export function predictionRefused(data: string, problem: string): ScoringError {
	return new ScoringError(
		400,
		`Failed to predict data '${data}'. \nError: ${problem}`,
		'INVALID_PARAMETER_VALUE',
	);
}

/** An exception of MLflow that the model itself raises keeps its code and status. */
export function mlflowException(status: number, errorCode: string, message: string): ScoringError {
	return new ScoringError(status, message, errorCode, '', '');
}

/** 400 because columns do not fit the signature; echoes the data as the scoring server does. */
export function schemaEnforcement(data: string, signature: string, problem: string): ScoringError {
	return new ScoringError(
		400,
		`Failed to predict data '${data}'. \nError: Failed to enforce schema of data '${data}' with schema '${signature}'. Error: ${problem}`,
		'INVALID_PARAMETER_VALUE',
		'KAM01',
		'SCHEMA_ENFORCEMENT_FAILED',
	);
}

/** 400 because the model itself raised: the cause stands at the end of the stack trace alone. */
export function modelRaised(exception: string): ScoringError {
	return new ScoringError(
		400,
		'Encountered an unexpected error while evaluating the model. Verify that the serialized input Dataframe is compatible with the model for inference.',
		'BAD_REQUEST',
		'KAM00',
		'INVALID_PARAMETER_VALUE',
		`Traceback (most recent call last):\n${exception}\n`,
	);
}

/** An exception that Python code would raise, before it is wrapped into an answer. */
export class PythonError extends Error {
	constructor(
		readonly type: string,
		message: string,
	) {
		super(message);
	}
}
